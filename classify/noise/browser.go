package noise

// ofBrowsers returns the lines of browsers. Their wording comes from the browsers' sources: Chromium from
// net/base/net_error_list.h, blink's cors_error_string.cc, mixed_content_checker.cc and csp_directive_list.cc;
// Firefox from csp.properties, security.properties, dom.properties and PeerConnection; Safari from WebKit's
// PermissionsPolicy.cpp, UserMediaController.cpp, MixedContentChecker.cpp and ContentExtensionsBackend.cpp.
// Older wordings are kept, since logs are kept.
//
// "The request is not allowed by the user agent or the platform in the current context" is missing on
// purpose: Firefox and Safari say it of a refused camera, too.
func ofBrowsers() []entry {
	return []entry{
		{Kind{
			Name: "would be blocked by Content-Security-Policy", From: Browser,
			Meaning: "A policy that only reports would have refused a request of the page. The request was sent.",
		}, []string{
			"[report only] …content security policy",
			"(report-only policy) the page's settings",
			"a violation occurred for a report-only csp policy",
			"the page's settings observed the loading of a resource",
			"has a report-only policy without a report uri",
		}},
		{Kind{
			Name: "blocked by Content-Security-Policy", From: Browser, Cause: true,
			Meaning: "The page's own Content-Security-Policy refused a request, a script or a worker. If it belongs to the SDK, calls of the SDK fail with it.",
			Remedy:  "Allow the hosts of the SDK (*.opentok.com, *.tokbox.com and those that the vendor lists) in script-src and connect-src, https and wss, and blob: in worker-src. If the refused URL is of something else, ignore the line.",
		}, []string{
			"violates the following content security polic",
			"refused to …does not appear in the …directive of the content security policy",
			"refused to …content security policy",
			"content-security-policy: the page's settings blocked",
			"content security policy: the page's settings blocked",
			"the page's settings blocked the loading of a resource",
			"refused to evaluate a string as javascript because 'unsafe-eval'",
			"an attempt to execute inline scripts has been blocked",
			"an attempt to call javascript from a string",
		}},
		{Kind{
			Name: "blocked by an extension or a blocker", From: Browser, Cause: true,
			Meaning: "An ad blocker, another extension or the browser's own blocking refused a request. Without the SDK's script or API no call can succeed; without its telemetry (hlg.tokbox.com) calls succeed, but leave no attempts in the log.",
			Remedy:  "Ask the user to allow the site in the blocker, and to try a private window without extensions. Serve the SDK's script from your own host if its name is what is blocked.",
		}, []string{
			"err_blocked_by_client",
			"was blocked because content blocking is enabled",
			"was blocked because of tracking protection",
			"content blocker prevented frame displaying",
		}},
		{Kind{
			Name: "blocked by an administrator", From: Browser, Cause: true,
			Meaning: "A policy of the device or of the organization refused a request.",
			Remedy:  "Ask the organization to allow the hosts of the SDK.",
		}, []string{"err_blocked_by_administrator", "err_blocked_in_incognito_by_administrator", "err_blocked_enrollment_check_pending"}},
		{Kind{
			Name: "mixed content", From: Browser, Cause: true,
			Meaning: "A page loaded over HTTPS asked for something over plain HTTP or ws:, and the browser refused it or warned.",
			Remedy:  "Use https: and wss: URLs everywhere, also for a proxy given to the SDK.",
		}, []string{
			"mixed content: the page",
			"blocked loading mixed active content",
			"blocked loading mixed display content",
			"loading mixed (insecure)",
			"was not allowed to display insecure content from",
			"was not allowed to run insecure content from",
			"[blocked] the page at …insecure content from",
			"an insecure websocket connection may not be initiated from a page loaded over https",
		}},
		{Kind{
			Name: "camera and microphone need a secure page", From: Browser, Cause: true,
			Meaning: "Browsers offer camera and microphone only to pages loaded over HTTPS, or from localhost. On others, navigator.mediaDevices does not exist.",
			Remedy:  "Serve the page over HTTPS, and every page that frames it.",
		}, []string{
			"getusermedia() no longer works on insecure origins",
			"(reading 'getusermedia')",
			"(reading 'enumeratedevices')",
			"cannot read property 'getusermedia' of undefined",
			"cannot read property 'enumeratedevices' of undefined",
			"navigator.mediadevices is undefined",
			"(evaluating 'navigator.mediadevices.",
			"trying to call getusermedia from an insecure document",
			"trying to call getusermedia from a document with an insecure parent frame",
		}},
		{Kind{
			Name: "camera or microphone not allowed by permissions policy", From: Browser, Cause: true,
			Meaning: "The page, or the page that frames it, does not allow camera, microphone or screen capture here. The browser denies access without asking the user.",
			Remedy:  `Add allow="camera; microphone; display-capture" to the iframe, and check the Permissions-Policy header of every page around it.`,
		}, []string{
			"permissions policy violation: camera",
			"permissions policy violation: microphone",
			"permissions policy violation: display-capture",
			"feature policy violation: camera",
			"feature policy violation: microphone",
			"feature policy violation: display-capture",
			"permission policy 'camera' check failed",
			"permission policy 'microphone' check failed",
			"permission policy 'displaycapture' check failed",
			"feature policy 'camera' check failed",
			"feature policy 'microphone' check failed",
			"feature policy 'displaycapture' check failed",
			"trying to call getusermedia from a frame without correct 'allow' attribute",
			"trying to call getusermedia from a document with a different security origin",
			"the top-level frame has prevented a document with a different security origin to call getusermedia",
			"not allowed to call getusermedia.",
			"not allowed to call getdisplaymedia.",
			"not allowed to call enumeratedevices.",
		}},
		{Kind{
			Name: "no network", From: Browser, Cause: true,
			Meaning: "The device had no network at that moment, changed to another one, or slept.",
			Remedy:  "Nothing in the application, except to connect again once the browser is online.",
		}, []string{
			"err_internet_disconnected",
			"err_network_changed",
			"err_network_io_suspended",
			"err_address_unreachable",
			"err_network_access_denied",
			"the internet connection appears to be offline",
			"the network connection was lost",
		}},
		{Kind{
			Name: "refused by a proxy", From: Browser, Cause: true,
			Meaning: "A proxy between the browser and the service refused a connection, or could not be reached.",
			Remedy:  "Ask who runs the network to allow the hosts of the SDK, or configure the SDK's proxy URL.",
		}, []string{
			"err_proxy_connection_failed",
			"err_tunnel_connection_failed",
			"err_proxy_auth",
			"err_proxy_certificate_invalid",
			"err_mandatory_proxy_configuration_failed",
		}},
		{Kind{
			Name: "certificate rejected", From: Browser, Cause: true,
			Meaning: "The browser did not trust the certificate of a server. In company networks the reason is often a proxy that decrypts traffic.",
			Remedy:  "Check the clock of the device; exempt the hosts of the SDK from TLS inspection.",
		}, []string{
			"net::err_cert_",
			"net::err_ssl_",
			"net::err_bad_ssl_",
			"the certificate for this server is invalid",
		}},
		{Kind{
			Name: "name not resolved", From: Browser, Cause: true,
			Meaning: "The name of a host could not be resolved to an address.",
			Remedy:  "Check the DNS of the client's network; a DNS filter may block the host.",
		}, []string{
			"err_name_not_resolved",
			"err_name_resolution_failed",
			"err_dns_timed_out",
			"a server with the specified hostname could not be found",
		}},
		{Kind{
			Name: "request given up by the page", From: Browser,
			Meaning: "The page was left or cancelled the request itself.",
		}, []string{
			"net::err_aborted",
			"the connection to ws…was interrupted while the page was loading",
			"websocket is closed before the connection is established",
		}},
		{Kind{
			Name: "missing icon of the page", From: Browser,
			Meaning: "The page has no icon. It has nothing to do with calls.",
		}, []string{
			"favicon.ico…404 (not found)",
			"favicon.ico…status of 404",
			"404 (not found)…favicon.ico",
			"status of 404 ()…favicon.ico",
		}},
		{Kind{
			Name: "missing source map", From: Browser,
			Meaning: "The developer tools did not find the source map of a script. Only those who debug it are affected.",
		}, []string{
			"devtools failed to load source map",
			"devtools failed to load sourcemap",
			"devtools failed to parse sourcemap",
			"source map error:",
			".map…the server responded with a status of 404",
		}},
		{Kind{
			Name: "blocked by CORS", From: Browser, Cause: true,
			Meaning: "The browser did not give the page an answer from another host, because the answer did not allow it. A proxy, a captive portal or a server's error page in place of the real answer has the same effect.",
			Remedy:  "Look at the status and body of the answer in the network panel. If the host is the SDK's, look for something between that changes answers; if it is yours, send Access-Control-Allow-Origin.",
		}, []string{
			"has been blocked by cors policy",
			"cross-origin request blocked: the same origin policy",
			"due to access control checks",
			"is not allowed by access-control-allow-origin",
		}},
		{Kind{
			Name: "WebSocket not opened", From: Browser, Cause: true,
			Meaning: "A WebSocket could not be opened, or was lost. If its URL is the SDK's, the SDK tries again by itself before connect fails.",
			Remedy:  "Check that the client's network allows wss: to the hosts of the SDK; proxies often break it.",
		}, []string{
			"websocket connection to '…failed",
			"can't establish a connection to the server at ws",
		}},
		{Kind{
			Name: "send on a closed WebSocket", From: Browser,
			Meaning: "A script sent something after its WebSocket had closed. The loss of the connection is the event to look for.",
		}, []string{"websocket is already in closing or closed state"}},
		{Kind{
			Name: "ICE failed", From: Browser, Cause: true,
			Meaning: "The browser found no network path for media to the other side.",
			Remedy:  "Allow UDP 3478 and TCP 443 to the vendor's relays in the client's network.",
		}, []string{"ice failed, add a …server", "ice failed, your turn server appears to be broken"}},
		{Kind{
			Name: "request answered with an error", From: Browser, Cause: true,
			Meaning: "A server answered a request with an HTTP error. If the host is the SDK's, a call of the SDK fails with it, or is tried again.",
			Remedy:  "Look at the URL: lines of other hosts do not concern calls.",
		}, []string{"failed to load resource: the server responded with a status of", "request failed with status code "}},
		{Kind{
			Name: "connection failed", From: Browser, Cause: true,
			Meaning: "A connection to a server was refused, reset, closed or timed out.",
			Remedy:  "Look at the URL. If the host is the SDK's, check what firewall or VPN is between the client and the service.",
		}, []string{
			"net::err_connection_",
			"net::err_timed_out",
			"net::err_socket_not_connected",
			"net::err_empty_response",
			"net::err_quic_protocol_error",
			"net::err_http2_",
			"net::err_failed",
			"failed to load resource: net::err_",
			"failed to load resource: the request timed out",
			"failed to load resource: could not connect to the server",
			"networkerror when attempting to fetch resource",
			"typeerror: failed to fetch",
			"typeerror: load failed",
			"loading failed for the <script> with source",
		}},
		{Kind{
			Name: "sound or video not started by itself", From: Browser,
			Meaning: "Browsers play sound only after the user has clicked or typed something on the page. The call itself goes on, but nothing may be heard until then.",
			Remedy:  "Start the call in the handler of a click, or show a button that starts playback.",
		}, []string{
			"play() failed because the user didn't interact",
			"play() can only be initiated by a user gesture",
			"autoplay is only allowed when approved by the user",
			"the play method is not allowed by the user agent",
			"the audiocontext was not allowed to start",
			"an audiocontext was prevented from starting automatically",
			"audiocontext was not allowed to start",
		}},
		{Kind{
			Name: "play() interrupted", From: Browser,
			Meaning: "A video or sound element was paused, removed or given another source while it began to play. The SDK and applications do that when a stream is replaced.",
		}, []string{
			"the play() request was interrupted by",
			"the fetching process for the media resource was aborted by the user agent",
		}},
		{Kind{
			Name: "ResizeObserver loop", From: Browser,
			Meaning: "A layout took more than one frame. It has nothing to do with calls.",
		}, []string{"resizeobserver loop"}},
		{Kind{
			Name: "message of an extension", From: Browser,
			Meaning: "An extension of the browser lost contact to its own background page. It has nothing to do with the page.",
		}, []string{
			"unchecked runtime.lasterror",
			"the message port closed before a response was received",
			"could not establish connection. receiving end does not exist",
			"a listener indicated an asynchronous response by returning true, but the message channel closed",
			"extension context invalidated",
			"denying load of chrome-extension://",
			"chrome-extension://invalid",
		}},
		{Kind{
			Name: "cookie or storage of a third party blocked", From: Browser,
			Meaning: "The browser limits cookies and storage of other sites in a page. Calls do not need them.",
		}, []string{
			"third-party cookie",
			"cookie in cross-site context",
			"a cookie associated with a cross-site resource",
			`cookie "…rejected`,
			`does not have a proper "samesite" attribute`,
			"partitioned cookie or storage access was provided",
			"request to access cookie or storage on",
			"tracking prevention blocked access to storage",
		}},
		{Kind{
			Name: "preloaded file not used", From: Browser,
			Meaning: "The page asked for a file early and did not use it. It has nothing to do with calls.",
		}, []string{
			"was preloaded using link preload but not used",
			"preloaded with link preload was not used within",
		}},
		{Kind{
			Name: "advice on speed", From: Browser,
			Meaning: "The browser measured a slow handler, or advises passive listeners. Only if such lines are many and long is the page too busy for smooth media.",
		}, []string{
			"[violation] added non-passive event listener",
			"unable to preventdefault inside passive event listener",
			"[violation] '…handler took",
			"[violation] forced reflow",
			"[violation] avoid using",
			"layout was forced before the page was fully loaded",
			"synchronous xmlhttprequest on the main thread is deprecated",
		}},
		{Kind{
			Name: "feature not allowed or not known in this page", From: Browser,
			Meaning: "A policy of the page names a feature that the browser does not know, or denies one other than camera, microphone and screen. Calls do not need it.",
		}, []string{
			"permissions policy violation:",
			"feature policy violation:",
			"permissions-policy header: unrecognized feature",
			"unrecognized feature: '",
			"feature policy: skipping",
			"permission policy '…check failed",
			"feature policy '…check failed",
			"allow attribute will take precedence over",
			"an iframe which has both allow-scripts and allow-same-origin",
		}},
		{Kind{
			Name: "advice of the browser", From: Browser,
			Meaning: "The browser announces a change or names something outdated in a script. Nothing failed.",
		}, []string{"[deprecation]", "[intervention]", "[violation]", "webrtc: using more than", "webrtc: using five or more", "slow network is detected"}},
	}
}
