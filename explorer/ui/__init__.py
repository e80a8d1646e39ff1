"""The dashboard. The only part of Explorer that imports streamlit."""
