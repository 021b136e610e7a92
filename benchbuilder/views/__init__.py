"""What a person reads: tables and sentences for the terminal. No computing of results here."""
