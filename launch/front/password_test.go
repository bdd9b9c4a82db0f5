package front

import "testing"

// TestPasswords has hashes that crypt(3) of libxcrypt made.
func TestPasswords(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		password, hash string
		right, known   bool
	}{
		{"secret", "abNANd1rDfiNc", true, true},
		{"secret", "sefjKaLm7zybE", true, true},
		{"", "abmF1QH4PEr.E", true, true},
		{"\xe9xx", "ab0W/dC.WXmuo", true, true},
		{"secretlong12", "abqiKkVENApDk", true, true}, // eight bytes count
		{"secretlo", "abqiKkVENApDk", true, true},
		{"secretl", "abqiKkVENApDk", false, true},
		{"secretlong12", "abqiKkVENApDkkDR7C3aL3Jk", true, true}, // bigcrypt
		{"secretlong12secretlong", "abqiKkVENApDkDiN3Qu/7mAs0ed8Qn/8SP6", true, true},
		{"secretlong13", "abqiKkVENApDkkDR7C3aL3Jk", false, true},
		{"short", "abXXDYs66nzYU", true, true},
		{"secret", "secret", false, true}, // a password that nobody hashed is none
		{"x", "a", false, true},
		{"", "", false, true},
		{"x", "p@ss", false, true},
		{"x", "*0", false, true},
		{"x", "_J9..abcd5WNy9VUCfAY", false, false},
		{"x", "$y$j9T$abc$x", false, false},
	} {
		if right, known := passwordMatches(c.password, c.hash); right != c.right || known != c.known {
			t.Errorf("passwordMatches(%q, %q) = %t, %t, want %t, %t", c.password, c.hash, right, known, c.right, c.known)
		}
	}
}
