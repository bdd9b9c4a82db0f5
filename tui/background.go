package tui

import (
	"bytes"
	"os"
	"strconv"
	"strings"
)

// backgroundQuery asks a terminal for the color of its background (OSC 11 of
// xterm's control sequences). A terminal that does not know it says nothing.
const backgroundQuery = "\x1b]11;?\x1b\\"

// background is what a terminal answers.
type background struct{ dark bool }

// answerStart begins the answer, and longestAnswer is how many bytes one has at
// most.
const (
	answerStart   = "\x1b]11;"
	longestAnswer = 64
)

// keyboard reads a terminal, and takes the answer to backgroundQuery out of
// what is typed, whenever it comes: nobody waits for it.
type keyboard struct {
	*os.File
	answered func(background)
	held     []byte // the beginning of an answer
}

// Read returns what is typed, which is nothing where all that came belongs to
// an answer.
func (k *keyboard) Read(p []byte) (int, error) {
	if len(p) <= longestAnswer {
		return k.File.Read(p)
	}
	n, err := k.File.Read(p[:len(p)-len(k.held)])
	typed, answer, held := cutAnswer(append(k.held, p[:n]...))
	k.held = held
	if b, ok := parseBackground(answer); ok {
		k.answered(b)
	}
	return copy(p, typed), err
}

// cutAnswer takes what came from a terminal apart: what was typed, an answer,
// and the beginning of one that is still to come. An escape alone is a key.
func cutAnswer(came []byte) (typed []byte, answer string, held []byte) {
	at := bytes.Index(came, []byte(answerStart))
	if at < 0 {
		for n := len(answerStart) - 1; n > 1; n-- {
			if rest, ok := bytes.CutSuffix(came, []byte(answerStart[:n])); ok {
				return rest, "", []byte(answerStart[:n])
			}
		}
		return came, "", nil
	}
	body := came[at+len(answerStart):]
	end, after := bytes.IndexByte(body, '\a'), 1
	if i := bytes.Index(body, []byte("\x1b\\")); i >= 0 && (end < 0 || i < end) {
		end, after = i, 2
	}
	switch {
	case end >= 0:
		return append(came[:at:at], body[end+after:]...), string(body[:end]), nil
	case len(body) > longestAnswer-len(answerStart):
		return came, "", nil
	}
	return came[:at], "", came[at:]
}

// parseBackground reads rgb:RRRR/GGGG/BBBB, of one to four digits each, and
// weighs the colors as the eye does (ITU-R BT.709).
func parseBackground(answer string) (b background, ok bool) {
	_, colors, ok := strings.Cut(answer, ":")
	parts := strings.Split(colors, "/")
	if !ok || len(parts) < 3 {
		return b, false
	}
	light := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(parts[i], 16, 16)
		if err != nil {
			return b, false
		}
		light += weight * float64(n) / float64(uint(1)<<(4*len(parts[i]))-1)
	}
	return background{light < 0.5}, true
}
