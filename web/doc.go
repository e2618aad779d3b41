// Package web is the page and the API of the duty room: JSON under /api/v1, problem+json for
// every error, server-sent events that can be resumed, login sessions, and the embedded page.
//
// Read routes.go first (what there is), then access.go (who may do it). Everything a person
// reaches is a row of the first table and is allowed by a row of the second; nothing else
// decides. The package reads facts only from the duty log and keeps none of its own beyond
// counters of login attempts and open streams.
package web
