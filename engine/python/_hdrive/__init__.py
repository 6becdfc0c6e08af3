"""What hdrive's drop-in packages share; nothing for scripts."""
