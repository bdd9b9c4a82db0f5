package front

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/base64"
	"strings"

	"golang.org/x/crypto/bcrypt"
)

// onlyLibc begins the hashes that libxcrypt knows and that are not read here:
// yescrypt, scrypt, Sun's MD5, PBKDF1, that of NT, and the DES of BSDi.
var onlyLibc = []string{"$y$", "$gy$", "$7$", "$md5", "$sha1", "$3$", "_"}

// passwordMatches compares a password with a line of a user file: plain text,
// {PLAIN}, {SHA}, {SSHA}, MD5 as crypt(3) and Apache have it, SHA-2 and DES as
// crypt(3) has them, and bcrypt. known is false for a hash that is not read here.
func passwordMatches(password, hash string) (right, known bool) {
	switch {
	case strings.HasPrefix(hash, "{PLAIN}"):
		return equal(password, hash[7:]), true
	case strings.HasPrefix(hash, "{SHA}"):
		sum := sha1.Sum([]byte(password))
		return equal(base64.StdEncoding.EncodeToString(sum[:]), hash[5:]), true
	case strings.HasPrefix(hash, "{SSHA}"):
		data, err := base64.StdEncoding.DecodeString(hash[6:])
		if err != nil || len(data) < sha1.Size {
			return false, true
		}
		sum := sha1.Sum(append([]byte(password), data[sha1.Size:]...))
		return equal(string(sum[:]), string(data[:sha1.Size])), true
	case strings.HasPrefix(hash, "$apr1$"):
		return equal(md5Crypt(password, hash, "$apr1$"), hash), true
	case strings.HasPrefix(hash, "$1$"):
		return equal(md5Crypt(password, hash, "$1$"), hash), true
	case strings.HasPrefix(hash, "$5$"):
		return equal(shaCrypt(password, hash, "$5$", sha256.New), hash), true
	case strings.HasPrefix(hash, "$6$"):
		return equal(shaCrypt(password, hash, "$6$", sha512.New), hash), true
	case strings.HasPrefix(hash, "$2"):
		return bcrypt.CompareHashAndPassword([]byte(hash), []byte(password)) == nil, true
	}
	for _, prefix := range onlyLibc {
		if strings.HasPrefix(hash, prefix) {
			return false, false
		}
	}
	made := desCrypt(password, hash)
	return made != "" && equal(made, hash), true
}

func equal(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// md5Crypt is the hash of crypt(3) on MD5, with the salt of an existing one;
// Apache's differs in magic alone.
func md5Crypt(password, hash, magic string) string {
	salt, _, _ := strings.Cut(strings.TrimPrefix(hash, magic), "$")
	salt = salt[:min(len(salt), 8)]
	inner := md5.Sum([]byte(password + salt + password))
	h := md5.New()
	h.Write([]byte(password + magic + salt))
	for n := len(password); n > 0; n -= md5.Size {
		h.Write(inner[:min(n, md5.Size)])
	}
	for n := len(password); n > 0; n >>= 1 {
		if n&1 == 1 {
			h.Write([]byte{0})
		} else {
			h.Write([]byte(password[:1]))
		}
	}
	sum := h.Sum(nil)
	for i := range 1000 {
		h := md5.New()
		if i&1 == 1 {
			h.Write([]byte(password))
		} else {
			h.Write(sum)
		}
		if i%3 != 0 {
			h.Write([]byte(salt))
		}
		if i%7 != 0 {
			h.Write([]byte(password))
		}
		if i&1 == 1 {
			h.Write(sum)
		} else {
			h.Write([]byte(password))
		}
		sum = h.Sum(nil)
	}
	out := []byte(magic + salt + "$")
	for _, i := range [][3]int{{0, 6, 12}, {1, 7, 13}, {2, 8, 14}, {3, 9, 15}, {4, 10, 5}} {
		out = appendDigits(out, uint32(sum[i[0]])<<16|uint32(sum[i[1]])<<8|uint32(sum[i[2]]), 4)
	}
	return string(appendDigits(out, uint32(sum[11]), 2))
}
