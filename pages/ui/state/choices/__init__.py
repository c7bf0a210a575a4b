"""What only one page lets choose: a file each, with a frozen class that `Inputs` holds, and rows of the link."""

from __future__ import annotations

