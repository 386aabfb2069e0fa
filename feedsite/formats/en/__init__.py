"""English: times as Babel writes them, “10:52 AM”. Django's “a.m.” doubles the full stop of a sentence that it ends."""
