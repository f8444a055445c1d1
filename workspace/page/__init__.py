"""What the browser page talks to; the contract is PAGE_API.md."""
