package dashboard

import "slices"

// list is the place of a person in a list. Items are named by numbers that rise,
// so that the place stays while items come and go.
type list struct {
	number int
	// end tells that the place is the newest item, whichever that is.
	end bool
	top int // of the first item on the screen
}

// index returns where the chosen item is among the numbers, or the next one to
// it that is still there; -1 in an empty list.
func (l *list) index(numbers []int) int {
	if len(numbers) == 0 {
		return -1
	}
	if l.end {
		return len(numbers) - 1
	}
	i, _ := slices.BinarySearch(numbers, l.number)
	return min(i, len(numbers)-1)
}

// move chooses another item. In a stream the last one is the newest from then on.
func (l *list) move(numbers []int, by int, stream bool) {
	at := l.index(numbers)
	if at < 0 {
		return
	}
	l.choose(numbers, at+by, stream)
}

// choose chooses the item at an index.
func (l *list) choose(numbers []int, at int, stream bool) {
	if len(numbers) == 0 {
		return
	}
	at = min(max(0, at), len(numbers)-1)
	l.number, l.end = numbers[at], stream && at == len(numbers)-1
}

// window returns which of the numbers are on a screen of so many rows, and
// keeps the chosen one among them.
func (l *list) window(numbers []int, rows int) (from, to int) {
	at := l.index(numbers)
	if at < 0 || rows <= 0 {
		return 0, 0
	}
	from, _ = slices.BinarySearch(numbers, l.top)
	from = min(from, at)
	from = max(from, at-rows+1)
	from = max(0, min(from, len(numbers)-rows))
	l.top = numbers[from]
	return from, min(len(numbers), from+rows)
}
