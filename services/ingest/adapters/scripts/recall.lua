-- What a key stands for to the request of this fingerprint; nothing if it was forgotten.
return recall(KEYS[1], ARGV[1]) or {}
