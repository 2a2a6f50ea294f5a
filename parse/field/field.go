// Package field says what the keys of a log's objects and the columns of its tables mean.
//
//   - [Of] knows the keys that loggers, log platforms and the SDK use (field.go); [Key] the
//     columns of their exports (column.go).
//   - [Roles] are the keys of one source: those that the user gives, and those that were
//     found by their content (roles.go).
//   - A [Guess] finds keys by their content (guess.go).
package field

import "github.com/otlog/otlog/parse/level"

// A Field is the meaning of a key.
type Field uint8

// The meanings.
const (
	None Field = iota
	Time
	Session
	Name
	Message
	Action
	Variation
	Reason
	Client
	ConnectionID
	StreamID
	SubscriberID
	Code
	FailureReason
	Version
	UserAgent
	Level
	EventName
	Nanos // of the second that the time states
)

// Of returns the meaning of a key, and its rank among the keys with that meaning. The
// lowest rank wins.
func Of(key []byte) (Field, int) {
	switch string(key) {
	case "clientSystemTime":
		return Time, ClientClock
	case "timestamp", "@timestamp":
		return Time, 1
	case "time", "ts", "datetime", "dateTime":
		return Time, 2
	case "date", "eventTime", "event_time", "eventTimestamp", "dateCreated", "timeUnixNano", "_time", "__REALTIME_TIMESTAMP":
		return Time, 3
	case "observedTimeUnixNano", "receiveTimestamp", "ingestTime":
		return Time, 4
	case "sessionId", "sessionID", "session_id", "opentokSessionId", "opentok_session_id", "otSessionId", "ot_session_id":
		return Session, 0
	case "session", "session.id", "opentok.session.id", "opentok.session_id":
		return Session, 1
	case "failureName":
		return Name, 0
	case "name", "errorName", "error_name", "error.name", "error.type", "exception.type":
		return Name, 1
	case "failureCode":
		return Code, FailureCode
	case "errorCode", "error_code", "error.code":
		return Code, 1
	case "code":
		return Code, 2
	case "message", "msg", "log", "content", "textPayload", "@message", "failureMessage", "details", "error.message", "exception.message", "_raw", "body", "text", "MESSAGE":
		return Message, 0
	case "action":
		return Action, 0
	case "variation":
		return Variation, 0
	case "reason":
		return Reason, 0
	case "clientInstanceId":
		return Client, 0
	case "guid":
		return Client, GUIDRank
	case "connectionId", "connection_id", "connection.id":
		return ConnectionID, 0
	case "streamId", "stream_id", "stream.id":
		return StreamID, 0
	case "subscriberId", "subscriber_id", "subscriber.id":
		return SubscriberID, 0
	case "failureReason":
		return FailureReason, 0
	case "clientVersion":
		return Version, ClientVersion
	case "version":
		return Version, 1
	case "nanoOfSecond":
		return Nanos, 0
	case "eventName":
		return EventName, 0
	case "userAgent":
		return UserAgent, 0
	case "level", "severity", "severityText", "severity_text", "levelname", "level_name", "levelName", "loglevel", "logLevel", "log_level", "log.level", "lvl", "@l":
		return Level, int(level.Logger)
	case "severityNumber", "severity_number":
		return Level, int(level.OTLP)
	case "PRIORITY", "priority":
		return Level, int(level.Syslog)
	case "status":
		return Level, int(level.Status)
	}
	return None, 0
}

// ClientClock is the rank of the client's own time, which precedes all others at any depth.
const ClientClock = 0

// ClockMark is part of the key of the client's own time, and rare in other text.
const ClockMark = "SystemTime"

// Unranked is the rank of nothing, after all others.
const Unranked = 1 << 20

// MaxDepth limits how much the depth of a field counts for its rank.
const MaxDepth = 1<<7 - 1

// TimeRank returns the rank of a time among those of a record, given the rank of its field and where
// that is: outer fields come first.
func TimeRank(rank, depth, nesting int) int {
	switch rank {
	case ClientClock:
		return rank
	case GivenClock:
		return 1 // before all that have a depth
	}
	return rank + min(depth, MaxDepth)<<3 + nesting<<10
}

// GUIDRank is the rank of the client in a guid.
const GUIDRank = 1

// FailureCode is the rank of the only code that counts in telemetry.
const FailureCode = 0

// ClientVersion is the rank of the version that states whose it is: js-2.35.2.
const ClientVersion = 0
