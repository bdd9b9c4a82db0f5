//go:build !linux

package front

// readSmall reads nothing here: every file is opened in the usual way.
func readSmall(string) (f small, whole bool, err error) { return small{}, false, nil }
