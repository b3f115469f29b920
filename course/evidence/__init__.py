"""What leaves the course: report, certificate, exports, and how each can be checked."""
