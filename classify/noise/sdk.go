package noise

import "strings"

// ofSDK returns lines of the SDK. Their wording is what versions 2.13 to 2.35 print; testdata/corpus and
// catalogue/testdata/noise.txt contain samples of many.
func ofSDK() []entry {
	return []entry{
		{Kind{
			Name:    "end of an attempt that the SDK did not count",
			Meaning: "The SDK posted the end of an attempt that it had not posted the start of. It follows a failure or a cancelled call, which has lines of its own.",
		}, []string{`received connectivity event: "…without "attempt"`, `received connectivity event: \"…without \"attempt`}},
		{Kind{
			Name:    "change of state that came too late",
			Meaning: "A publisher or subscriber that had already ended was asked to change its state. The reason, if there is one, has lines of its own.",
		}, []string{
			"state change failed: ",
			"invalid state transition: event",
			"_connectivityattemptpinger should have been cleaned up",
		}},
		{Kind{
			Name:    "error in a handler of the application",
			Meaning: "A handler that the application gave to the SDK threw an error. The call itself did what it was asked to do.",
			Remedy:  "Look at the stack after the line, and mend the handler.",
		}, []string{
			"an error occurred in an event handler",
			"completion handler threw an exception",
		}},
		{Kind{
			Name:    "error of the SDK that the application did not handle",
			Meaning: "The application did not catch an error of the SDK. The failure itself has lines of its own beside it.",
			Remedy:  "Handle the error in the application, and log its name.",
		}, []string{"uncaught oterrorclass", "uncaught (in promise) oterrorclass"}},
		{Kind{
			Name:    "log level of the SDK",
			Meaning: "The SDK prints its version and how much it logs, or that setLogLevel was given something else than a level.",
		}, []string{
			"level must be one of: ot.none",
			"using ot.warn instead",
			"opentok js sdk now uses the debug library",
			"changed log level to:",
			"opentok js sdk v",
			"opentok js sdk 2.",
		}},
		{Kind{
			Name: "configuration of the project not loaded", Cause: true,
			Meaning: "The SDK could not load the project's configuration and goes on with its defaults. By itself it fails no call, but the host is blocked or the network is lost.",
			Remedy:  "Allow config.opentok.com in the client's network and in the page's policy.",
		}, []string{"could not reach config service", "could not reach live config service"}},
		{Kind{
			Name: "encryption secrets differ", Cause: true,
			Meaning: "A subscriber receives media that it cannot decrypt, because the publisher uses another secret. Nothing is seen or heard.",
			Remedy:  "Give all participants of the session the same encryption secret.",
		}, []string{"media cannot be decrypted due to an encryption secret mismatch"}},
		{Kind{
			Name:    "outdated call of the SDK",
			Meaning: "The application uses something that a later version of the SDK will not have. It works today.",
			Remedy:  "Use what the line names before the next update of the SDK.",
		}, []string{
			"is deprecated, and will be removed in the future",
			"is deprecated and will be removed. please use",
			"the addeventlistener() method is deprecated. use on()",
			"the removeeventlistener() method is deprecated. use off()",
			"property is deprecated, use ",
			"ot.sessionconnectedevent no longer includes",
			"ot.upgradesystemrequirements is deprecated",
			"signaling of anything other than strings is deprecated",
			"is not implemented.…opentok:publisher",
			"opentok:publisher…is not implemented.",
		}},
		{Kind{
			Name:    "setting ignored by the SDK",
			Meaning: "The application passed a setting that the SDK does not accept. The SDK uses its default and goes on.",
			Remedy:  "Correct the setting that the line names.",
		}, []string{
			"passed to the publisher. got:",
			"passed to the publisher. maxresolution",
			"passed to publisher. expected",
			"ignoring invalid …source parameter",
			"you have passed your own constraints not using ours",
			"setting video constraint to false, there are no video sources",
			"setting audio constraint to false, there are no audio sources",
			"cannot use custom tracks with",
			"cannot apply contraints on the custom audio track",
			"invalid minvideobitrate in publisher properties",
			"invalid audiobitrate in publisher properties",
			"invalid content hint. valid content hints",
			"publisher initials cleared.",
			"style.set::invalid style property",
			"calling setstyle() has no effect",
			`only "contain" and "cover" can be used`,
			"invalid captions translation language",
			"ignoring: filter ",
			"ignoring: couldn't configure filter",
			"ignoring. no video track found",
		}},
		{Kind{
			Name:    "video off because of the network",
			Meaning: "The SDK turned a video off because packets were lost or bandwidth was low, and left the sound on. This is audio fallback, which ends by itself; the call goes on.",
			Remedy:  "If people report it, look at the client's bandwidth, or lower resolution and frame rate.",
		}, []string{
			"due to high packet loss and low bandwidth, video has been disabled",
			"video has been re-enabled",
			"video was not re-enabled because it was manually disabled",
			"audio fallback is not enabled",
		}},
		{Kind{
			Name:    "video element paused",
			Meaning: "Something in the page paused a video of the SDK, and the SDK started it again.",
		}, []string{"video element paused, auto-resuming"}},
		{Kind{
			Name:    "call without effect",
			Meaning: "The application asked to end something that had already ended or that was never there. Nothing happened.",
		}, []string{
			"tried to unsubscribe a subscriber that had no stream",
			"subscriber cannot be null",
			"ot.session.unpublish: publisher parameter missing",
			"is trying to unpublish from a session",
			"is trying to destroy a stream",
			"cannot getimgdata before the",
			"encryption secret must first be set in initsession",
			"cannot connect, the session is already",
			"trying to connect while the session is not done disconnecting",
			"cannot connect the raptor socket as it is currently connected",
			"trying to preventdefault on an event that isn't cancelable",
			"this publisher is already publishing to the session",
			"cannot restrictframerate on a p2p session",
			"you cannot test your network with a relayed session",
		}},
		{Kind{
			Name:    "work left after a disconnect",
			Meaning: "The session was lost or left, and the SDK dropped what it still had to send. The loss of the session is the event to look for.",
		}, []string{
			"you are disconnected, cannot update",
			"you are disconnected, cannot create stream",
			"you are disconnected, cannot destroy stream",
			"could not close websocket",
		}},
		{Kind{
			Name:    "message about a stream that has gone",
			Meaning: "The service sent a message about a stream, a connection or an archive that this client no longer has, or does not have yet.",
		}, []string{
			"a stream does not exist with the id of",
			"unable to determine streamid, or the stream does not exist",
			"unable to determine subscriberid, or the subscriber does not exist",
			"an archive does not exist with the id of",
			"a connection was deleted that we do not know about",
			"unknown stream property",
			"is already in the collection",
		}},
		{Kind{
			Name:    "statistics not available",
			Meaning: "The SDK could not read or send statistics about media. The call goes on without them.",
		}, []string{
			"getstats failed with",
			"failed to parse qos stats",
			"sender-stats parsing failed",
			"publisherstatssender requires",
			"invalid congestion level",
			"caption parsing failed",
		}},
		{Kind{
			Name:    "sound level or playback not available yet",
			Meaning: "The browser did not give the SDK an AudioContext, or did not play sound before the user clicked something. The level display or the sound is missing until then.",
		}, []string{
			"failed to get audiocontext()",
			"no suitable audio level samplers found",
			"error retrying audio on user interaction",
			"unexpected call to unblockaudio() without blocked audio",
		}},
		{Kind{
			Name:    "media moved to another path",
			Meaning: "The SDK moves a stream between a direct and a routed connection, or between two media servers, while the call goes on.",
		}, []string{
			"relayed peerconnection has failed, rolling back to routed",
			"error while trying to keep sending rtcp to mantis",
			"error while trying to get mantis peer connection",
			"session is currently migrating",
		}},
		{Kind{
			Name:    "telemetry of the React Native wrapper not sent",
			Meaning: "The wrapper could not post its own statistics. No call failed.",
		}, []string{"otrn js: there was an error:  logging"}},
		{Kind{
			Name:    "telemetry about to be sent",
			Meaning: "With log level DEBUG the SDK prints every telemetry event. The event itself follows in the same or the next line.",
		}, []string{"opentok:analytics:debug", "queueing analytics", "sending analytics"}},
	}
}

var (
	debugOutput = Kind{
		Name:    "debug output of the SDK",
		Meaning: "The SDK prints what it does, because its log level is INFO or more. Failures are printed at level error.",
		Remedy:  "Leave setLogLevel at its default in production, unless you need such lines.",
	}
	otherWarning = Kind{
		Name:    "warning of the SDK",
		Meaning: "The SDK warns of something and goes on. Failures are printed at level error.",
	}
)

// byLevel returns the kind of a line of the SDK by the level that it begins with:
// "OpenTok:Session:debug …". It returns nil for level error and for other lines.
func byLevel(folded string) *Kind {
	const prefix = "opentok:"
	for {
		at := strings.Index(folded, prefix)
		if at < 0 {
			return nil
		}
		folded = folded[at+len(prefix):]
		end := 0
		for end < len(folded) && isNamespace(folded[end]) {
			end++
		}
		space := folded[:end]
		colon := strings.LastIndexByte(space, ':')
		if colon < 0 {
			continue
		}
		switch space[colon+1:] {
		case "debug", "spam", "log", "info":
			return &debugOutput
		case "warn":
			return &otherWarning
		}
	}
}

// isNamespace reports whether c, a small letter or another byte, may be part of a logger's name.
func isNamespace(c byte) bool {
	return 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == ':' || c == '_' || c == '-'
}
