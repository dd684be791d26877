import History
import Testing

@Suite("Logs of Jepsen's tests")
struct JepsenLogTests {
    private static let prefix = "INFO  jepsen.util - "
    private static func event(_ process: Int, _ type: String, _ function: String, _ value: String) -> String {
        "\(prefix)\(process)\t:\(type)\t:\(function)\t\(value)\n"
    }

    @Test("A log is known by its look, and its order is its time")
    func events() {
        let reading = Reading(
            Self.event(0, "invoke", "read", "nil") + Self.event(4, "invoke", "write", "0")
                + Self.event(0, "ok", "read", "nil") + Self.event(4, "ok", "write", "0")
                + Self.event(1, "invoke", "cas", "[0 3]") + Self.event(1, "ok", "cas", "[0 3]")
                + Self.event(2, "invoke", "read", "nil") + Self.event(2, "ok", "read", "3"))
        #expect(reading.errors == [])
        #expect(reading.keys == ["register"])
        #expect(
            reading.operations == [
                Operation(id: 1, kind: .read, worker: 0, key: 0, start: 1, end: 3, isAbsent: true),
                Operation(id: 2, kind: .write, worker: 4, key: 0, value: 0, start: 2, end: 4),
                Operation(id: 3, kind: .compareAndSet, worker: 1, key: 0, value: 3, start: 5, end: 6, cause: 0),
                Operation(id: 4, kind: .read, worker: 2, key: 0, value: 3, start: 7, end: 8),
            ])
    }

    @Test("A compare-and-set that failed was refused; what timed out may still happen; a read that failed is one")
    func endings() {
        let reading = Reading(
            Self.event(0, "invoke", "cas", "[1 2]") + Self.event(0, "fail", "cas", "[1 2]")
                + Self.event(1, "invoke", "write", "4") + Self.event(1, "info", "write", ":timed-out")
                + Self.event(2, "invoke", "cas", "[4 1]") + Self.event(2, "info", "cas", ":timed-out")
                + Self.event(3, "invoke", "read", "nil") + Self.event(3, "fail", "read", ":timed-out")
                + Self.event(5, "invoke", "write", "3"))
        let never = Operation.never
        #expect(reading.errors == [])
        #expect(
            reading.operations == [
                Operation(
                    id: 1, kind: .compareAndSet, worker: 0, key: 0, value: 2, outcome: .failed, start: 1, end: 2,
                    cause: 1,
                    isRefused: true),
                Operation(id: 2, kind: .write, worker: 1, key: 0, value: 4, outcome: .unknown, start: 3, end: never),
                Operation(
                    id: 3, kind: .compareAndSet, worker: 2, key: 0, value: 1, outcome: .unknown, start: 5, end: never,
                    cause: 4),
                Operation(id: 4, kind: .read, worker: 3, key: 0, outcome: .failed, start: 7, end: 8),
                Operation(id: 5, kind: .write, worker: 5, key: 0, value: 3, outcome: .unknown, start: 9, end: never),
            ])
    }

    @Test("Lines of other parts of Jepsen, blank lines and the nemesis are counted")
    func otherLines() {
        let reading = Reading(
            "INFO  jepsen.core - Setting up\n\n" + Self.event(0, "invoke", "read", "nil")
                + "INFO  jepsen.util - :nemesis\t:info\t:start\tnil\nWARN  jepsen.control - \"a b\"\r\n"
                + Self.event(0, "ok", "read", "1"))
        #expect(reading.errors == [])
        #expect(reading.counts.operations == 1)
        #expect(reading.counts.blankLines == 3)
        #expect(reading.counts.nemesisEvents == 1)
        #expect(reading.counts.lines == 6)
    }

    @Test(
        "Errors are told with their place, and the lines after them are read",
        arguments: [
            (
                "INF  jepsen.util - 0\t:invoke\t:read\tnil",
                """
                1: error: found \"INF\"; expected one of INFO, WARN, ERROR, DEBUG, TRACE
                """
            ),
            ("INFO  jepsen.util 0\t:invoke\t:read\tnil", "19: error: found \"0\"; expected -"),
            (
                "INFO  jepsen.util - x\t:invoke\t:read\tnil",
                """
                21: error: :process: found x; expected a whole number from 0 to 2147483647, or :nemesis
                """
            ),
            (
                "INFO  jepsen.util - 0\t:invoke\t:raed\tnil",
                """
                31: error: :f: found \":raed\"; expected one of :read, :write, :cas; did you mean :read?
                """
            ),
            (
                "INFO  jepsen.util - 0\t:invoke\t:read",
                """
                36: error: found the end of the line; expected process, :type, :f and value
                """
            ),
            (
                "INFO  jepsen.util - 0\t:invoke\t:write\t[1",
                """
                40: error: found the end of the line; expected process, :type, :f and value
                """
            ),
            ("INFO  jepsen.util - 0\t:invoke\t:read\tnil 5", "41: error: found \"5\"; expected the end of the line"),
            (
                "INFO  jepsen.util - 0\t:ok\t:read\t1",
                """
                21: error: :type: found :ok of process 0, which invoked nothing; expected an :invoke of that \
                process before it
                """
            ),
        ])
    func mistakes(line: String, message: String) {
        let pair = Self.event(9, "invoke", "write", "1") + Self.event(9, "ok", "write", "1")
        let reading = Reading(pair + line + "\n" + pair)
        #expect(reading.errors.map(\.description) == ["h:3:" + message])
        #expect(reading.operations.count == 2)
        #expect(reading.errors.map(\.isFinal) == [false])
    }
}
