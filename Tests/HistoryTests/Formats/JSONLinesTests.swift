import History
import Testing

@Suite("JSON Lines")
struct JSONLinesTests {
    @Test("A line needs a kind, a start and a key; everything else has a default")
    func defaults() {
        let reading = Reading(jsonHeader + #"{"kind":"read","key":"x","start":5,"end":6}"# + "\n")
        #expect(reading.errors == [])
        #expect(reading.operations == [Operation(kind: .read, key: 0, start: 5, end: 6)])
        #expect(reading.keys == ["x"])
    }

    @Test("Every field is read, in any order and with blanks")
    func allFields() {
        let line = #"""
              { "absent" : true , "tombstone":true,"cause":9,"outcome":"failed","scope":"instance","source":"redis",
            "layer":"L3","worker":7,"instance":6,"end":-3,"start":-4,"value":-5,"version":8,"tags":["b", "a"],
            "key":"k","kind":"fill","id":11 }
            """#.replacing("\n", with: " ")
        let reading = Reading(jsonHeader + line)
        #expect(reading.errors == [])
        #expect(
            reading.operations == [
                Operation(
                    id: 11, kind: .fill, instance: 6, worker: 7, key: 0, tagSet: 1, version: 8, value: -5, layer: .l3,
                    source: .redis, scope: .instance, outcome: .failed, start: -4, end: -3, cause: 9, isTombstone: true,
                    isAbsent: true)
            ])
        #expect(reading.tagSets == [[], ["a", "b"]])
    }

    @Test("An operation without an end never returned, and its outcome is unknown unless the line says it")
    func neverReturned() {
        let reading = Reading(
            jsonHeader + """
                {"kind":"write","key":"x","version":1,"start":5}
                {"kind":"write","key":"x","version":1,"start":5,"outcome":"ok"}
                """)
        #expect(reading.operations.map(\.end) == [Operation.never, Operation.never])
        #expect(reading.operations.map(\.outcome) == [.unknown, .ok])
    }

    @Test(
        "A key is any string, and the same however it is escaped",
        arguments: [
            (#"a\u0062c"#, "abc"), (#"\"\\\/\b\f\n\r\t"#, "\"\\/\u{8}\u{C}\n\r\t"), (#"\u00e9"#, "é"),
            (#"\ud83d\ude00"#, "😀"), (#"\uDBFF\uDFFF"#, "\u{10FFFF}"), (#"\u0000"#, "\0"), ("日本語😀", "日本語😀"),
            ("", ""), ("12345678", "12345678"), ("1234567\u{7F}", "1234567\u{7F}"),
        ])
    func escapes(written: String, meant: String) {
        let reading = Reading(jsonHeader + #"{"kind":"read","key":"\#(written)","start":5,"end":6}"#)
        #expect(reading.errors == [])
        #expect(reading.keys.map { Array($0.utf8) } == [Array(meant.utf8)])
        let both = Reading(
            jsonHeader + #"{"kind":"read","key":"abc","start":5,"end":6}"# + "\n"
                + #"{"kind":"read","key":"\u0061\u0062c","start":5,"end":6}"#)
        #expect(both.operations.map(\.key) == [0, 0])
    }

    @Test("Names are told apart by their bytes, so that no two writers have to agree what letters are the same")
    func bytesDecide() {
        let reading = Reading(
            jsonHeader
                + "{\"kind\":\"read\",\"key\":\"é\",\"start\":5}\n{\"kind\":\"read\",\"key\":\"e\u{301}\",\"start\":5}")
        #expect(reading.operations.map(\.key) == [0, 1])
    }

    @Test("Names may be declared, which numbers them")
    func declarations() {
        let reading = Reading(
            jsonHeader + """
                {"keys":["a","b","c"]}
                {"tagSets":[["t"],["u","t"]]}
                {"kind":"invalidateTag","tags":["t"],"start":1,"end":2}
                {"kind":"read","key":"c","tags":["t","u"],"start":1,"end":2}
                """)
        #expect(reading.errors == [])
        #expect(reading.operations.map(\.key) == [-1, 2])
        #expect(reading.operations.map(\.tagSet) == [1, 2])
        #expect(reading.keys == ["a", "b", "c"])
        #expect(reading.tagSets == [[], ["t"], ["t", "u"]])
        #expect(reading.counts.declarations == 3)
    }

    @Test("What a history was recorded to be asked is read, and written back the same")
    func checks() throws {
        let checks = ["linearizable", "staleness: { at-most: 5ms }", "a \"quoted\" \\ line\nbreak", "Prüfung"]
        let bytes = try written(.jsonLines) { writer throws(HistoryFileError) in
            try writer.declare(checks: checks)
            try writer.add(key: "x")
            try writer.write(Operation(kind: .gauge, instance: -1, key: 0, value: 7, start: 1, end: 2))
        }
        let reading = Reading(bytes: bytes)
        #expect(reading.errors == [])
        #expect(reading.checks == checks)
        #expect(reading.operations.map(\.kind) == [.gauge])
        #expect(reading.counts.declarations == 3)
        for (line, message) in [
            (#"{"checks":"linearizable"}"#, "2:11: error: checks: found"),
            (#"{"checks":["a",3]}"#, "2:16: error: checks: found \"3\""),
            (#"{"kind":"read","checks":["a"]}"#, "2:17: error: checks: found"),
        ] {
            let wrong = Reading(jsonHeader + line + "\n")
            #expect(wrong.errors.map { $0.description }.first?.contains(message) == true, "\(wrong.errors)")
        }
    }

    @Test(
        "Errors are told with their place, what is there, what should be, and the nearest word",
        arguments: [
            (
                #"{"kind":"raed","key":"x","start":5}"#,
                "2:10: error: kind: found \"raed\"; expected one of read, write, delete, invalidate, invalidateTag, "
                    + "load, fill, "
                    + "apply, inspect, evict, publish, receive, gauge, compareAndSet; did you mean read?"
            ),
            (
                #"{"kind":"read","kye":"x","start":5}"#,
                "2:17: error: found \"kye\"; expected one of id, kind, key, tags, version, value, start, end, "
                    + "instance, worker, "
                        + """
                        layer, source, scope, outcome, cause, tombstone, absent, expected, refused, keys, \
                        tagSets, checks; did you 
                        """
                    + "mean key?"
            ),
            (
                #"{"kind":"read","key":"x","start":5,"layer":"l2"}"#,
                "2:45: error: layer: found \"l2\"; expected one of L1, L2, L3, redis, origin; did you mean L2?"
            ),
            (
                #"{"kind":"read","key":"x","start":5,"outcome":"okay"}"#,
                "2:47: error: outcome: found \"okay\"; expected one of ok, failed, unknown"
            ),
            (
                #"{"kind":"read","key":"日本語","start":-}"#,
                "2:36: error: start: found \"-\"; expected a whole number from -9223372036854775808 to "
                    + "9223372036854775806"
            ),
            (
                #"{"kind":"read","key":"x","start":5,"end":4}"#,
                "2:1: error: end: found 4; expected at least the start, 5"
            ),
            (
                #"{"kind":"read","start":5,"end":5}"#,
                "2:1: error: key: found no key; expected the key that this read concerns"
            ),
            (
                #"{"kind":"invalidateTag","start":5}"#,
                "2:1: error: tags: found 0 tags; expected the one tag that was invalidated"
            ),
            (#"{"key":"x","start":5}"#, "2:1: error: kind: found an operation without it; expected \"kind\""),
            (#"{"kind":"read","key":"x"}"#, "2:1: error: start: found an operation without it; expected \"start\""),
            (
                #"{"kind":"read","key":"x","start":5,"start":5}"#,
                "2:37: error: start: found \"start\"; expected each field once"
            ),
            (
                #"{"kind":"read","key":"x","start":05}"#,
                "2:34: error: start: found \"05\"; expected a whole number from -9223372036854775808 to "
                    + "9223372036854775806"
            ),
            (
                #"{"kind":"read","key":"x","start":9223372036854775808}"#,
                "2:34: error: start: found \"9223372036854775808\"; expected a whole number from -9223372036854775808 "
                    + "to "
                    + "9223372036854775806"
            ),
            (
                #"{"kind":"read","key":"x","start":5.0}"#,
                "2:34: error: start: found \"5.0\"; expected whole nanoseconds, without a fraction or an exponent"
            ),
            (
                #"{"kind":"read","key":"x","start":5,"end":1E3}"#,
                "2:42: error: end: found \"1E3\"; expected whole nanoseconds, without a fraction or an exponent"
            ),
            (
                #"{"kind":"read","key":"x","start":5,"value":7.5}"#,
                "2:44: error: value: found \"7.5\"; expected a whole number, without a fraction or an exponent"
            ),
            (
                #"{"kind":"compareAndSet","key":"x","start":5,"value":7}"#,
                """
                2:1: error: expected: found a compareAndSet without it; expected either \"expected\", or \
                \"absent\" if it 
                """
                    + "expected nothing"
            ),
            (
                #"{"kind":"compareAndSet","key":"x","start":5,"expected":7,"absent":true}"#,
                """
                2:1: error: expected: found it and absent; expected either \"expected\", or \"absent\" if \
                it expected nothing
                """
            ),
            (
                #"{"kind":"compareAndSet","key":"x","start":5,"expected":7,"cause":3}"#,
                "2:1: error: cause: found a compareAndSet with it; expected it only with other kinds"
            ),
            (
                #"{"kind":"write","key":"x","start":5,"expected":7}"#,
                "2:1: error: expected: found a write with it; expected it only with a compareAndSet"
            ),
            (
                #"{"kind":"write","key":"x","start":5,"outcome":"failed","refused":true}"#,
                "2:1: error: refused: found a write with it; expected it only with a compareAndSet, read or inspect"
            ),
            (
                #"{"kind":"compareAndSet","key":"x","start":5,"expected":7,"refused":true,"outcome":"ok"}"#,
                "2:1: error: refused: found the outcome ok; expected failed, or no outcome"
            ),
            (
                #"{"kind":"read","key":"x","start":5,"version":-1}"#,
                "2:46: error: version: found \"-1\"; expected a whole number of 64 bits, at least 0"
            ),
            (
                #"{"kind":"read","key":"x","start":5,"worker":2147483648}"#,
                "2:45: error: worker: found \"2147483648\"; expected a whole number from -1 to 2147483647"
            ),
            (
                #"{"kind":"read","key":"x","start":5,"absent":1}"#,
                "2:45: error: absent: found \"1\"; expected true or false"
            ),
            (#"{"kind":"read","key":"x","start":5"#, "2:35: error: found the end of the line; expected \",\" or \"}\""),
            (#"{"kind":"read","key":"x"#, "2:24: error: key: found the end of the line; expected a closing \""),
            (#"{"kind":"read","key":"x","start":5}}"#, "2:36: error: found \"}\"; expected the end of the line"),
            (
                #"{"kind":"read","key":"x","start":5,}"#,
                "2:36: error: found \"}\"; expected the name of a field, in quotes"
            ),
            (
                #"{"kind":"read","key":"\ud800","start":5}"#,
                "2:23: error: key: found \"\\ud800\"; expected \\\", \\\\, \\/, \\b, \\f, \\n, \\r, \\t, or \\u and "
                    + "four digits, "
                    + "surrogates in pairs"
            ),
            (
                #"{"kind":"read","key":"a\#tb","start":5}"#,
                "2:24: error: key: found \"?\"; expected an escape for a control character"
            ),
            (#"{"kind":"read","key":["x"],"start":5}"#, "2:22: error: key: found \"[\"; expected a string"),
            (#"["kind"]"#, "2:1: error: found \"[\"; expected an object, {…}"),
            (#"{"keys":["a","a"]}"#, "2:14: error: keys: found \"a\"; expected each of them once"),
            (
                #"{"kind":"read","keys":["a"]}"#,
                "2:17: error: keys: found \"keys\"; expected a line of its own for keys"
            ),
        ])
    func mistakes(line: String, message: String) {
        let good = #"{"kind":"read","key":"x","start":5}"#
        let reading = Reading(jsonHeader + line + "\n" + good)
        #expect(reading.errors.map(\.description) == ["h:" + message])
        #expect(reading.operations.count == 1, "the line after it is read")
        #expect(reading.counts.malformed == 1)
    }

    @Test(
        "A surrogate without its other half is no character",
        arguments: [#"\ud83d"#, #"\ud83dx"#, #"\ud83d\u0041"#, #"\ude00"#])
    func halfSurrogates(written: String) {
        let reading = Reading(jsonHeader + #"{"kind":"read","key":"\#(written)","start":5,"end":6}"#)
        #expect(reading.errors.map(\.subject) == ["key"])
        #expect(reading.operations == [])
    }

    @Test("No operation of any kind ends before it starts", arguments: Operation.Kind.allCases)
    func endsBeforeStart(kind: Operation.Kind) {
        let reading = Reading(jsonHeader + #"{"kind":"\#(kind)","key":"x","tags":["t"],"start":5,"end":4}"#)
        #expect(reading.errors.map(\.found) == ["4"])
        #expect(reading.operations == [])
    }

    @Test("A compare-and-set says what it expected, and whether it found something else")
    func compareAndSet() {
        let reading = Reading(
            jsonHeader + #"""
                {"kind":"compareAndSet","key":"x","expected":0,"value":4,"start":5,"end":6,"worker":1}
                {"kind":"compareAndSet","key":"x","absent":true,"value":-4,"start":7}
                {"expected":9,"kind":"compareAndSet","key":"x","refused":true,"value":1,"start":8,"end":9}
                """#)
        #expect(reading.errors == [])
        #expect(
            reading.operations == [
                Operation(kind: .compareAndSet, worker: 1, key: 0, value: 4, start: 5, end: 6, cause: 0),
                Operation(
                    kind: .compareAndSet, key: 0, value: -4, outcome: .unknown, start: 7, end: Operation.never,
                    isAbsent: true),
                Operation(
                    kind: .compareAndSet, key: 0, value: 1, outcome: .failed, start: 8, end: 9, cause: 9,
                    isRefused: true),
            ])
        #expect(reading.operations.map(\.expected) == [0, 0, 9])
    }

    @Test("An id is unique")
    func duplicateID() {
        let line = #"{"id":3,"kind":"read","key":"x","start":5}"#
        let reading = Reading(jsonHeader + line + "\n" + line)
        #expect(
            reading.errors.map(\.description) == [
                "h:3:7: error: id: found \"3\"; expected an id that no earlier operation has"
            ])
    }

    @Test("Bytes that are not UTF-8 are no key")
    func invalidUTF8() {
        let bytes =
            Array((jsonHeader + #"{"kind":"read","key":"x"#).utf8) + [0xC3, 0x28] + Array(#"","start":5}"#.utf8)
        #expect(
            Reading(bytes: bytes).errors.map(\.description) == [
                "h:2:22: error: key: found bytes that are not UTF-8; expected UTF-8"
            ])
    }

    @Test(
        "A header decides how the rest is read, so nothing is read after a wrong one",
        arguments: [
            (
                #"{"format":"swift-cache-coherence history","version":3}"#,
                "h:1:53: error: version: found \"3\"; expected 2, the newest version that is known here"
            ),
            (
                #"{"format":"something else","version":1}"#,
                "h:1:11: error: format: found \"something else\"; expected \"swift-cache-coherence history\""
            ),
            (
                #"{"format":"swift-cache-coherence history"}"#,
                "h:1:1: error: version: found a header without it; expected the header "
                    + #"{"format":"swift-cache-coherence history","version":2}"#
            ),
            (
                #"{"format":"swift-cache-coherence history","versoin":1}"#,
                "h:1:44: error: header: found \"versoin\"; expected one of format, version; did you mean version?"
            ),
            (
                #"{"kind":"read","key":"x","start":5}"#,
                "h:1:1: error: header: found a file that does not begin with one; expected "
                    + #"{"format":"swift-cache-coherence history","version":2} in a line before the operations"#
            ),
        ])
    func headers(header: String, message: String) {
        let reading = Reading(header + "\n" + #"{"kind":"read","key":"x","start":5}"#)
        #expect(reading.errors.map(\.description) == [message])
        #expect(reading.errors.map(\.isFinal) == [true])
        #expect(reading.operations.isEmpty)
    }
}
