"""Working time and months: which days and hours count, and the arithmetic of them. It knows no policy and no engine."""
