"""Reports of Call Center Stats PRO: definitions, requests, rows, and the course of a call. Loaded when first needed."""
