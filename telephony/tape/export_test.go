package tape

// Whole is what decides whether a line of the tape holds an event as it came.
var Whole = whole
