package front

import "strings"

// desCrypt is the hash of crypt(3) on DES with the salt of an existing one: 25
// times the cipher of FIPS 46-3 over zeros, with the password as its key and an
// expansion that the salt changes. Where the existing one is longer than such a
// hash, every eight bytes of the password have a hash, as libxcrypt's bigcrypt
// does it. "" is the answer where the salt is none.
func desCrypt(password, existing string) string {
	if len(existing) < 2 || strings.IndexByte(cryptLetters, existing[0]) < 0 || strings.IndexByte(cryptLetters, existing[1]) < 0 {
		return ""
	}
	salt := existing[:2]
	out := salt
	for {
		segment := password[:min(len(password), 8)]
		hash := desHash(segment, salt)
		out += hash
		if password = password[len(segment):]; password == "" || len(existing) <= desLength {
			return out
		}
		salt = hash[:2]
	}
}

// desLength is the length of a hash with its salt.
const desLength = 13

// bits are bits of a block or key, the first one first, each in a byte.
type bits []byte

// pick returns the bits that a table names, which counts them from 1.
func (b bits) pick(table []byte) bits {
	out := make(bits, len(table))
	for i, n := range table {
		out[i] = b[n-1]
	}
	return out
}

// desHash returns the eleven letters that up to eight bytes of a password come to.
func desHash(password, salt string) string {
	key := make(bits, 64)
	for i := range len(password) {
		for j := range 7 {
			key[8*i+j] = password[i] >> (6 - j) & 1
		}
	}
	expansion := desExpansion
	for i := range salt {
		letter := strings.IndexByte(cryptLetters, salt[i])
		for j := range 6 {
			if letter>>j&1 == 1 {
				a := 6*i + j
				expansion[a], expansion[a+24] = expansion[a+24], expansion[a]
			}
		}
	}
	keys := desKeys(key)
	block := make(bits, 64, 66)
	for range 25 {
		block = desEncrypt(block, keys, expansion[:])
	}
	block = append(block, 0, 0)
	var out []byte
	for i := 0; i < len(block); i += 6 {
		n := 0
		for _, bit := range block[i : i+6] {
			n = n<<1 | int(bit)
		}
		out = append(out, cryptLetters[n])
	}
	return string(out)
}

// desKeys returns the keys of the sixteen rounds.
func desKeys(key bits) [16]bits {
	var keys [16]bits
	halves := key.pick(desChoice1)
	for i := range keys {
		for range 1 + desShifts>>i&1 {
			halves = append(append(append(append(bits{}, halves[1:28]...), halves[0]), halves[29:]...), halves[28])
		}
		keys[i] = halves.pick(desChoice2)
	}
	return keys
}

func desEncrypt(block bits, keys [16]bits, expansion []byte) bits {
	block = block.pick(desInitial)
	left, right := block[:32], block[32:]
	for _, key := range keys {
		wide := right.pick(expansion)
		mixed := make(bits, 0, 32)
		for i, box := range desBoxes {
			w, k := wide[6*i:], key[6*i:]
			at := 0
			for _, n := range []int{0, 5, 1, 2, 3, 4} { // the row, then the column
				at = at<<1 | int(w[n]^k[n])
			}
			v := box[at] - 'a'
			mixed = append(mixed, v>>3, v>>2&1, v>>1&1, v&1)
		}
		mixed = mixed.pick(desPermutation)
		for i := range mixed {
			mixed[i] ^= left[i]
		}
		left, right = right, mixed
	}
	last := append(append(bits{}, right...), left...)
	out := make(bits, 64)
	for i, n := range desInitial {
		out[n-1] = last[i]
	}
	return out
}

// The tables of FIPS 46-3. desShifts has a bit for each round, the first one
// lowest: whether the halves of the key move by two and not by one. A letter of a
// box stands for a value, from a for 0; rows have sixteen columns.
const desShifts = 0b0111111011111100

var (
	desInitial = []byte{
		58, 50, 42, 34, 26, 18, 10, 2, 60, 52, 44, 36, 28, 20, 12, 4, 62, 54, 46, 38, 30, 22, 14, 6, 64, 56, 48, 40, 32, 24, 16, 8,
		57, 49, 41, 33, 25, 17, 9, 1, 59, 51, 43, 35, 27, 19, 11, 3, 61, 53, 45, 37, 29, 21, 13, 5, 63, 55, 47, 39, 31, 23, 15, 7,
	}
	desExpansion = [48]byte{
		32, 1, 2, 3, 4, 5, 4, 5, 6, 7, 8, 9, 8, 9, 10, 11, 12, 13, 12, 13, 14, 15, 16, 17,
		16, 17, 18, 19, 20, 21, 20, 21, 22, 23, 24, 25, 24, 25, 26, 27, 28, 29, 28, 29, 30, 31, 32, 1,
	}
	desPermutation = []byte{
		16, 7, 20, 21, 29, 12, 28, 17, 1, 15, 23, 26, 5, 18, 31, 10, 2, 8, 24, 14, 32, 27, 3, 9, 19, 13, 30, 6, 22, 11, 4, 25,
	}
	desChoice1 = []byte{
		57, 49, 41, 33, 25, 17, 9, 1, 58, 50, 42, 34, 26, 18, 10, 2, 59, 51, 43, 35, 27, 19, 11, 3, 60, 52, 44, 36,
		63, 55, 47, 39, 31, 23, 15, 7, 62, 54, 46, 38, 30, 22, 14, 6, 61, 53, 45, 37, 29, 21, 13, 5, 28, 20, 12, 4,
	}
	desChoice2 = []byte{
		14, 17, 11, 24, 1, 5, 3, 28, 15, 6, 21, 10, 23, 19, 12, 4, 26, 8, 16, 7, 27, 20, 13, 2,
		41, 52, 31, 37, 47, 55, 30, 40, 51, 45, 33, 48, 44, 49, 39, 56, 34, 53, 46, 42, 50, 36, 29, 32,
	}
	desBoxes = []string{
		"oenbcplidkgmfjahapheocnbkgmljfdieboingclpmjhdkfapmicejbhfldokagn",
		"pbiogldejhcnmafkdnehpciomabkgjlfaohlkenbfimgjdcpnikbdpeclghmafoj",
		"kajogdpfbnmhlecinhajdegkcifomlpbngejipdalbcmfkohbknagjihepodlfcm",
		"hnodagjkbciflmepnilfgpadehcmbkojkgjamlhnpbdofciedpagkbnijeflmhco",
		"cmebhklgifdpnaojolcmehnbfapkdjigecblknhipjmfgdaolimhbocngpajkefd",
		"mbkpjcgiandeohflkpechmjfgbnoaldijopfcimdhaekbnlgedcmjfpklobhgain",
		"elcopaindmjhfkgbnalhejbkodfmcpigbelnmdhokpgiafjcglnibekhjfapocdm",
		"nciegplbkjdofamhbpnikdhemfglaojchlebjmocagknpdficbohekinpmjadfgl",
	}
)
