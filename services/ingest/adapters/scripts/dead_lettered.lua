-- KEYS: receipt, article, dead letters. ARGV: receipt id, error, id of the dead letter.
-- A dead letter that was replayed meanwhile is none any more.
if is_dead(KEYS[3], ARGV[3]) then dead_letter(KEYS[1], KEYS[2], ARGV[1], ARGV[2]) end
