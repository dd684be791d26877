import History
import Testing

@Suite("Register text")
struct RegisterTextTests {
    @Test("Reads and writes, comments and blank lines, and what never returned")
    func lines() {
        let reading = Reading(
            """
            # id client key operation value call return

            1 0 x w 7 100 200
              2\t3  user:7 r 0 -5 -4\t
            3 1 x r 0 150 -
            4 1 x w 9 150 -
            """)
        #expect(reading.errors == [])
        #expect(
            reading.operations == [
                Operation(id: 1, kind: .write, worker: 0, key: 0, value: 7, start: 100, end: 200),
                Operation(id: 2, kind: .read, worker: 3, key: 1, value: 0, start: -5, end: -4),
                Operation(id: 3, kind: .read, worker: 1, key: 0, outcome: .unknown, start: 150, end: Operation.never),
                Operation(
                    id: 4, kind: .write, worker: 1, key: 0, value: 9, outcome: .unknown, start: 150,
                    end: Operation.never),
            ])
        #expect(reading.keys == ["x", "user:7"])
        #expect(reading.counts.blankLines == 2)
        #expect(reading.counts.lines == 6)
    }

    @Test(
        "Errors are told with their place",
        arguments: [
            ("1 0 x w 7 100", "2:14: error: found the end of the line; expected a space and the return"),
            (
                "1 0 x w 7 100 ",
                "2:15: error: return: found the end of the line; expected a whole number of 64 bits, or - if it "
                    + "never returned"
            ),
            ("1 0 x w 7 100 99", "2:15: error: return: found \"99\"; expected at least the call, 100"),
            ("1 0 x cas 7 100 200", "2:20: error: found the end of the line; expected a space and the return"),
            (
                "1 0 x w 7 100.5 200",
                """
                2:11: error: call: found \"100.5\"; expected whole nanoseconds, without a fraction or an \
                exponent
                """
            ),
            (
                "1 0 x w 7 100 2e3",
                """
                2:15: error: return: found \"2e3\"; expected whole nanoseconds, without a fraction or an \
                exponent
                """
            ),
            ("1 0 x read 7 100 200", "2:8: error: found \"ead\"; expected a space and the value, after r or w"),
            ("1 0 x x 7 100 200", "2:7: error: operation: found \"x\"; expected r, w or cas"),
            ("1 -1 x w 7 100 200", "2:3: error: client: found \"-1\"; expected a whole number from 0 to 2147483647"),
            (
                "-1 0 x w 7 100 200",
                """
                2:1: error: id: found \"-1\"; expected a whole number from 0 to 4611686018427387904
                """
            ),
            ("1 0 x r 7 100 -", "2:9: error: value: found \"7\"; expected 0, as the read never returned"),
            ("1 0 x r 7 100 200 5", "2:19: error: found \"5\"; expected the end of the line after seven fields"),
            (
                "1 0 x r 7 100 -x",
                "2:15: error: return: found \"-x\"; expected a whole number of 64 bits, or - if it never returned"
            ),
            ("7 0 x r 7 100 200", "2:1: error: id: found \"7\"; expected an id that no earlier line has"),
        ])
    func mistakes(line: String, message: String) {
        let reading = Reading("7 0 x w 3 1 2\n" + line + "\n8 0 y w 3 1 2\n")
        #expect(reading.errors.map(\.description) == ["h:" + message])
        #expect(reading.operations.map(\.id) == [7, 8], "the line after it is read")
    }

    @Test("Compare-and-sets, ids from 0, a written 0, and the same value again")
    func peerData() {
        let reading = Reading("0 0 x w 0 1 2\n1 0 x w 0 3 4\n2 1 x cas 0 -5 6 7\n3 1 x cas -5 0 8 -\n")
        #expect(reading.errors == [])
        #expect(
            reading.operations == [
                Operation(id: 0, kind: .write, worker: 0, key: 0, value: 0, start: 1, end: 2),
                Operation(id: 1, kind: .write, worker: 0, key: 0, value: 0, start: 3, end: 4),
                Operation(id: 2, kind: .compareAndSet, worker: 1, key: 0, value: -5, start: 6, end: 7, cause: 0),
                Operation(
                    id: 3, kind: .compareAndSet, worker: 1, key: 0, value: 0, outcome: .unknown, start: 8,
                    end: Operation.never, cause: -5),
            ])
        #expect(Reading("0 0 x w 0 1 2\n0 0 x r 0 3 4\n").errors.count == 1, "an id of its own, also 0")
    }

    @Test("Invalid UTF-8 is found in keys and in comments")
    func invalidUTF8() {
        let reading = Reading(
            bytes: Array("# ".utf8) + [0xFF] + Array("\n1 0 x".utf8) + [0x80] + Array(" r 0 1 2\n".utf8))
        #expect(
            reading.errors.map(\.description) == [
                "h:1:1: error: comment: found bytes that are not UTF-8; expected UTF-8",
                "h:2:5: error: key: found bytes that are not UTF-8; expected UTF-8",
            ])
    }
}
