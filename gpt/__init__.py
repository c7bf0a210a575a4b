"""The engine of Nanoscope: a small GPT, everything inside it, and how it is trained. No Streamlit below here."""
