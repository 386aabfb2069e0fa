"""What operators see: health pages, metrics, heartbeats, logs, error reports and traces."""
