// Package recordertest holds what tests of recordings share: the suites that every Store and
// every Switch must pass, stand-ins for both in memory, and telephone speech.
package recordertest
