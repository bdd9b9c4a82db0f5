package front

import (
	"bytes"
	"hash"
	"strconv"
	"strings"
)

// rounds of crypt(3) on SHA-2, which libxcrypt refuses outside of these.
const usualRounds, leastRounds, mostRounds = 5000, 1000, 999_999_999

// shaCrypt is the hash of crypt(3) on SHA-2 with the salt and rounds of an
// existing one, as Ulrich Drepper's "Unix crypt using SHA-256 and SHA-512"
// describes it; "" where there is none. magic is $5$ for SHA-256, $6$ for SHA-512.
func shaCrypt(password, existing, magic string, of func() hash.Hash) string {
	rest, rounds, said := strings.TrimPrefix(existing, magic), usualRounds, ""
	if after, ok := strings.CutPrefix(rest, "rounds="); ok {
		digits, salted, found := strings.Cut(after, "$")
		n, err := strconv.Atoi(digits)
		if !found || err != nil || n < leastRounds || n > mostRounds {
			return ""
		}
		rest, rounds, said = salted, n, "rounds="+digits+"$"
	}
	salt, _, _ := strings.Cut(rest, "$")
	salt = salt[:min(len(salt), 16)]
	sum := func(parts ...string) []byte {
		h := of()
		for _, p := range parts {
			h.Write([]byte(p))
		}
		return h.Sum(nil)
	}
	repeated := func(b []byte, n int) string { return string(bytes.Repeat(b, n/len(b)+1)[:n]) }

	inner := sum(password, salt, password)
	first := []string{password, salt, repeated(inner, len(password))}
	for n := len(password); n > 0; n >>= 1 {
		if n&1 == 1 {
			first = append(first, string(inner))
		} else {
			first = append(first, password)
		}
	}
	c := sum(first...)
	p := repeated(sum(strings.Repeat(password, len(password))), len(password))
	s := repeated(sum(strings.Repeat(salt, 16+int(c[0]))), len(salt))
	h := of()
	for i := range rounds {
		h.Reset()
		write := func(odd bool) {
			if odd {
				h.Write([]byte(p))
			} else {
				h.Write(c)
			}
		}
		write(i&1 == 1)
		if i%3 != 0 {
			h.Write([]byte(s))
		}
		if i%7 != 0 {
			h.Write([]byte(p))
		}
		write(i&1 == 0)
		c = h.Sum(c[:0:0])
	}
	return magic + said + salt + "$" + shaDigits(c)
}

// shaDigits writes a sum with the letters and in the order of crypt(3).
func shaDigits(sum []byte) string {
	var out []byte
	third := len(sum) / 3 // 10 of SHA-256's 32 bytes, 21 of SHA-512's 64
	a, b, c := 0, third, 2*third
	for range third {
		out = appendDigits(out, uint32(sum[a])<<16|uint32(sum[b])<<8|uint32(sum[c]), 4)
		if len(sum) == 32 {
			a, b, c = c+1, a+1, b+1
		} else {
			a, b, c = b+1, c+1, a+1
		}
	}
	if len(sum) == 32 {
		return string(appendDigits(out, uint32(sum[31])<<8|uint32(sum[30]), 3))
	}
	return string(appendDigits(out, uint32(sum[63]), 2))
}

// cryptLetters stand for six bits each in the hashes of crypt(3).
const cryptLetters = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// appendDigits appends n letters of crypt(3), six bits each, the lowest first.
func appendDigits(b []byte, v uint32, n int) []byte {
	for ; n > 0; n-- {
		b = append(b, cryptLetters[v&63])
		v >>= 6
	}
	return b
}
