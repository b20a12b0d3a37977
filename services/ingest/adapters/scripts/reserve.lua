-- KEYS: rate. ARGV: per second, amount. Takes the amount and answers the ms to wait before using it.
return wait_for_turn(KEYS[1], now_ms(), tonumber(ARGV[1]), tonumber(ARGV[2]), true)
