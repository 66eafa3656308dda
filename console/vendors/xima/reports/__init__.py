"""Historical reports of Chronicall and Xima CCaaS: definitions, request bodies, replies, pasted request details."""
