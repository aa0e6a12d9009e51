"""Working time: which days and hours count as work, and the arithmetic of them. It knows no policy and no engine."""
