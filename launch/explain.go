package launch

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/deployctl/deployctl/diag"
)

// Finding is what the linter found in the pair: the cause of an error, perhaps.
type Finding struct {
	Rule     string
	Severity diag.Severity
	Message  string
	Why      string // the symptom: status and log line
	Help     string // how to mend it
	Place
}

// explainer says which finding explains an error.
type explainer struct {
	find func() []Finding

	mu       sync.Mutex
	findings []Finding
	asked    bool
	said     map[string]time.Time
}

// again is how long the same explanation is not repeated.
const again = 30 * time.Second

// most is how many findings are named for one error.
const most = 2

// symptoms are the parts of error log lines that linter findings quote, and
// that tell causes of the same status apart.
var symptoms = regexp.MustCompile(`\(\d+: [A-Z][\w ]+\)|upstream prematurely closed|upstream sent too big header|invalid request block size|no python application found|host not found|client intended to send too large|upstream timed out|directory index|HARAKIRI`)

// status returns explanations for a status that a location answered with.
func (e *explainer) status(status int, at Place) []string {
	number := regexp.MustCompile(fmt.Sprintf(`\b%d\b`, status))
	return e.matching(func(f Finding) bool { return number.MatchString(f.Why) || number.MatchString(f.Message) }, fmt.Sprint(status), at)
}

// line returns explanations for a line of an error log.
func (e *explainer) line(line string) []string {
	symptom := symptoms.FindString(line)
	if symptom == "" {
		return nil
	}
	return e.matching(func(f Finding) bool { return strings.Contains(f.Why, symptom) }, symptom, Place{})
}

func (e *explainer) matching(matches func(Finding) bool, key string, at Place) []string {
	if e.find == nil {
		return nil
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.asked {
		e.asked, e.findings, e.said = true, e.find(), map[string]time.Time{}
	}
	var near, bad, others []Finding
	for _, f := range e.findings {
		switch {
		case !matches(f):
		case f.Severity == diag.Error:
			bad = append(bad, f)
		case f.File == at.File && at.File != "" && f.Line >= at.Line && f.Line < at.Line+20:
			near = append(near, f)
		default:
			others = append(others, f)
		}
	}
	if len(bad) > 0 {
		near, others = nil, nil // what is wrong for certain explains more than what may be
	}
	var said []string
	for _, f := range append(append(bad, near...), others...) {
		if len(said) == most {
			break
		}
		text := fmt.Sprintf("%s: %s [%s]", f.Place, f.Message, f.Rule)
		if time.Since(e.said[key+text]) < again {
			continue
		}
		e.said[key+text] = time.Now()
		said = append(said, text)
	}
	return said
}

// forget lets the linter look again: the files have changed.
func (e *explainer) forget() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.asked = false
}
