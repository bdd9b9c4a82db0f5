package uwsgirule

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/uwsgi"
)

// SecretInFile finds secrets among the settings.
var SecretInFile = &lint.Rule{
	ID:       "uwsgi-secret-in-file",
	Severity: diag.Warning,
	Summary:  "a password, token or key in the configuration",
	Page:     page("uwsgi-secret-in-file"),
	Check:    checkSecretInFile,
}

func checkSecretInFile(p *lint.Pass) {
	written(p, func(c *uwsgi.Config, o *uwsgi.Option) {
		var name, value string
		switch {
		case o.Info == nil:
			name, value = o.Key, o.Value
		case o.Key == "env", o.Key == "set", o.Key == "set-ph", o.Key == "set-placeholder", o.Key == "vassal-set":
			name, value, _ = strings.Cut(o.Value, "=")
		default:
			return
		}
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		if !isKnown(o) || !isSecret(name, value) {
			return
		}
		p.Report(diag.Diagnostic{
			Location: o.ValueLocation(),
			Message:  diag.T("%s holds a secret in plain text", name),
			Why:      diag.T("whoever reads the file has it: backups, the repository, every account where the file has the mode 644; uWSGI's log shows it under show-config"),
			Help:     diag.T("write $(%s) and set it in the unit with EnvironmentFile, or @(FILE) to read a file that only root reads", name),
		})
	})
}

// isSecret tells whether a variable's name and value look like a secret: a
// name that says so and a value of some length that is no path or switch, or a
// URL with a password.
func isSecret(name, value string) bool {
	if _, rest, ok := strings.Cut(value, "://"); ok {
		account, _, ok := strings.Cut(rest, "@")
		_, password, both := strings.Cut(account, ":")
		return ok && both && password != "" && !strings.Contains(account, "/") && !isPlaceholder(password)
	}
	upper := strings.ReplaceAll(strings.ToUpper(name), "-", "_")
	for _, end := range [...]string{"_FILE", "_PATH", "_DIR", "_URL", "_NAME", "_ID", "_HEADER", "_TIMEOUT", "_LENGTH", "_AGE", "_ALGORITHM", "_LIFETIME", "_EXPIRE", "_TTL"} {
		if strings.HasSuffix(upper, end) {
			return false
		}
	}
	secret := false
	for _, word := range strings.Split(upper, "_") {
		switch word {
		case "PASSWORD", "PASSWD", "PASS", "PWD", "SECRET", "TOKEN", "APIKEY", "PASSPHRASE", "CREDENTIALS":
			secret = true
		case "KEY":
			secret = secret || strings.Contains(upper, "API_KEY") || strings.Contains(upper, "PRIVATE_KEY") || strings.Contains(upper, "ACCESS_KEY") || strings.Contains(upper, "ENCRYPTION_KEY") || strings.Contains(upper, "SIGNING_KEY") || strings.Contains(upper, "LICENSE_KEY")
		case "PUBLIC":
			return false
		}
	}
	return secret && len(value) >= minSecret && !strings.HasPrefix(value, "/") && !isTruth(value) && !isDigitsShort(value) && !isPlaceholder(value)
}

// minSecret is the number of characters below which a value is hardly a secret.
const minSecret = 4

// isDigitsShort tells whether a value is a small number, such as a count.
func isDigitsShort(value string) bool { return isDigits(value) && len(value) < 6 }

// isPlaceholder tells whether a value waits to be filled in by a person or a
// program.
func isPlaceholder(value string) bool {
	lower := strings.ToLower(strings.Trim(value, `"'`))
	for _, word := range [...]string{"changeme", "change-me", "change_me", "your-", "your_", "yourpassword", "example", "placeholder", "xxx", "todo", "replace", "secret-here", "<", "***", "..."} {
		if strings.Contains(lower, word) {
			return true
		}
	}
	return strings.Contains(value, "$(") || strings.Contains(value, "%(") || strings.Contains(value, "@(") || isTemplate(value)
}
