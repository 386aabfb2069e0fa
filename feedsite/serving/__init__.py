"""What stands between granian and Django: bodies are read before a thread works on a request, and sent without one."""
