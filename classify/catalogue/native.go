package catalogue

import "slices"

// A NativeCode is what a number means in the native SDKs (iOS, Android, React Native, Linux,
// Windows), which share one core. They have no error names, and otlog counts none of their errors.
type NativeCode struct {
	Code    int32
	Same    bool   // it means what LookupCode says
	Meaning string // "" if Same
}

// NativeLink is the vendor's page about the codes of the native SDKs.
const NativeLink = "https://developer.vonage.com/en/opentok/sdks/android/reference/opentokerror-errorcode"

// NativeCodes returns the codes of the native SDKs that are known, sorted. The table is shared and
// must not be changed.
func NativeCodes() []NativeCode { return nativeTable }

// LookupNative returns the native code with a number, nil if there is none. The row is shared and
// must not be changed.
func LookupNative(n int32) *NativeCode {
	i, found := slices.BinarySearchFunc(nativeTable, n, func(c NativeCode, n int32) int { return int(c.Code - n) })
	if !found {
		return nil
	}
	return &nativeTable[i]
}

// nativeTable comes from the vendor's references for iOS, Android and Linux, and from the constants
// in published SDKs for Android.
var nativeTable = []NativeCode{
	{Code: 1004, Same: true},
	{Code: 1005, Same: true},
	{Code: 1006, Same: true},
	{Code: 1010, Same: true},
	{Code: 1011, Same: true},
	{Code: 1015, Meaning: "A method was called at a time when it is not allowed, such as connect on a session that is connected already."},
	{Code: 1020, Meaning: "The state of the session did not arrive in time, so connecting failed."},
	{Code: 1021, Meaning: "Connecting to the session took too long."},
	{Code: 1022, Meaning: "The connection to the session was dropped."},
	{Code: 1023, Meaning: "No socket to the messaging server could be opened. A firewall may block it."},
	{Code: 1026, Same: true},
	{Code: 1027, Same: true},
	{Code: 1112, Meaning: "The subscriber was not found in the session."},
	{Code: 1113, Meaning: "The publisher was not found in the session."},
	{Code: 1403, Meaning: "A peer-to-peer session has its two participants already."},
	{Code: 1413, Meaning: "The data of a signal is too long."},
	{Code: 1414, Meaning: "The type of a signal is too long."},
	{Code: 1461, Meaning: "The type of a signal is invalid."},
	{Code: 1500, Meaning: "Publishing failed, for instance because no peer connection could be made. A timeout (1541), WebRTC (1610) and the camera (1650, 1670) have codes of their own."},
	{Code: 1503, Meaning: "There is no messaging server for the session."},
	{Code: 1520, Same: true},
	{Code: 1530, Same: true},
	{Code: 1535, Meaning: "A stream could not be unpublished by force, or it is invalid."},
	{Code: 1540, Same: true},
	{Code: 1541, Meaning: "Publishing timed out."},
	{Code: 1542, Meaning: "Subscribing timed out."},
	{Code: 1550, Meaning: "A signal could not be sent."},
	{Code: 1600, Same: true},
	{Code: 1604, Meaning: "The stream to subscribe to does not exist, or not any more."},
	{Code: 1605, Same: true},
	{Code: 1606, Meaning: "The peer connection of the subscriber is not connected."},
	{Code: 1610, Meaning: "WebRTC failed in a publisher. The message says how."},
	{Code: 1650, Meaning: "The camera could not be used."},
	{Code: 1670, Meaning: "Access to the camera was denied."},
	{Code: 1710, Meaning: "The peer connection of a publisher ended unexpectedly."},
	{Code: 2000, Same: true},
	{Code: 2001, Same: true},
	{Code: 2003, Meaning: "The publisher is unknown to the SDK."},
	{Code: 2004, Meaning: "The subscriber is unknown to the SDK."},
	{Code: 3000, Meaning: "Capturing video failed."},
	{Code: 3010, Meaning: "The camera failed."},
	{Code: 4000, Meaning: "Drawing video on the screen failed."},
	{Code: 6000, Meaning: "The session is encrypted end to end, and no secret was given."},
	{Code: 6001, Meaning: "A packet could not be encrypted."},
	{Code: 6002, Meaning: "A packet could not be decrypted."},
	{Code: 6003, Meaning: "A packet could not be decrypted, because the publisher has another secret."},
	{Code: 6004, Meaning: "The secret for encryption is invalid."},
	{Code: 6005, Meaning: "The codec of a publisher cannot be encrypted."},
	{Code: 6006, Meaning: "In a subscriber, its codec cannot be decrypted; in a publisher, its scalability mode is invalid."},
}
