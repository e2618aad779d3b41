package testcall

// Refusal is why a test is not begun.
type Refusal string

// The closed set of refusals.
const (
	NoSecondLine Refusal = "no_second_line"
	NoSuchLine   Refusal = "no_such_line"
	LineInUse    Refusal = "line_in_use"
	LineUnseen   Refusal = "line_unseen"
	TestRuns     Refusal = "test_runs"
	CheckRuns    Refusal = "check_runs" // said to who may know it
	Stopping     Refusal = "stopping"
)

// Error says it with what to do.
func (r Refusal) Error() string {
	switch r {
	case NoSecondLine:
		return "there is no second line to call from: set tests.second_line in the configuration; without it a forwarding set at the exchange and a custom ring-back tone cannot be seen"
	case NoSuchLine:
		return "there is no such duty line: name one of the configuration, or none for the first"
	case LineInUse:
		return "the line is in use: neither a test nor a spot check takes it from a caller; try again when it is free"
	case LineUnseen:
		return "the switch is not seen, so that nobody would know whether the bell rings: try again when it is"
	case TestRuns:
		return "a test runs already: wait until it is over, at most half a minute"
	case CheckRuns:
		return "a spot check runs already: wait until it is over, or hang it up"
	}
	return "the daemon is being stopped"
}
