"""Whether targets are fair: who attained what, held against size, growth and luck."""
