import History
import Testing

@testable import Scenarios

@Suite("Subjects in scenario files")
struct SubjectDecodingTests {
    private static func text(
        _ subject: String, cluster: String = "{ instances: 2 }", rest: String = "checks: [loads]"
    )
        -> String
    {
        """
        scenario: s
        \(subject)
        cluster: \(cluster)
        data: { rows: { keys: 3 } }
        phases:
          - read: { name: all, data: rows, by: every worker }
        \(rest)
        """
    }

    private static func errors(_ text: String) -> [String] {
        do throws(ScenarioErrors) {
            _ = try ScenarioLoader().decode(text, file: "folder/s.yaml")
            return []
        } catch {
            return error.diagnostics.map(\.description)
        }
    }

    @Test("A subject is a command, or a mapping with what its adapter is told")
    func forms() throws {
        let short = try ScenarioLoader().decode(Self.text("subject: python3 adapter.py"), file: "folder/s.yaml")
        #expect(short.subject?.command == "python3 adapter.py")
        #expect(short.subject?.folder?.hasSuffix("folder") == true)
        #expect(short.worlds == [.live])
        let long = try ScenarioLoader().decode(
            Self.text("subject: { command: ./run, config: { size: 5, mode: fast }, origin-delay: 3ms }"),
            file: "folder/s.yaml")
        #expect(long.subject?.configuration == ["size": "5", "mode": "fast"])
        #expect(long.subject?.originDelay == .milliseconds(3))
    }

    @Test("With a subject neither checks nor the promise of the cluster need be declared")
    func defaults() {
        #expect(Self.errors(Self.text("subject: ./run", rest: "")).isEmpty)
        #expect(!Self.errors(Self.text("", rest: "")).isEmpty)
    }

    @Test(
        "What only the reference cache has is refused where it stands",
        arguments: [
            ("{ instances: 2, placement: processes }", "", "placement with a subject"),
            ("{ instances: 2, bus: streams }", "", "bus with a subject"),
            ("{ instances: 2, application: [1, 2] }", "", "application with a subject"),
            ("{ instances: 2 }", "worlds: simulated", "a subject in the simulated world"),
            (
                "{ instances: 2 }", "faults: [{ skew: { whom: instance 1, by: 1h, during: all, after: 10% } }]",
                "with a subject"
            ),
            (
                "{ instances: 2 }",
                "faults: [{ crash: { whom: instance 1, at: commit, during: all, after: 10% } }]",
                "crash of instance 1 at a commit"
            ),
        ])
    func refused(cluster: String, more: String, expected: String) {
        let errors = Self.errors(Self.text("subject: ./run", cluster: cluster, rest: "checks: [loads]\n\(more)"))
        #expect(errors.contains { $0.contains(expected) }, "\(errors)")
    }

    @Test(
        "Wrong subjects are told with what is expected",
        arguments: [
            ("subject: { comand: x }", "command"), ("subject: [a]", "a command"),
            ("subject: { command: x, config: [1] }", "names"),
            ("subject: { command: x, origin-delay: fast }", "origin-delay"),
            ("subject: ''", "a command"), ("subject: { command: '  ' }", "a command"),
        ])
    func wrong(subject: String, expected: String) {
        let errors = Self.errors(Self.text(subject))
        #expect(errors.contains { $0.contains(expected) }, "\(errors)")
    }

    @Test("What a file with a subject is refused for, a call with one is refused for")
    func oneList() throws {
        let usual = "instances: 2, invalidation: announced, layers: [L2, redis]"
        for choice in ["placement: processes", "bus: streams", "bus: streams, bus-length: 50 entries"] {
            let text = Self.text("worlds: live", cluster: "{ \(usual), \(choice) }")
            let scenario = try ScenarioLoader().decode(text, file: "folder/s.yaml")
            #expect(!scenario.reasonsAgainstSubject.isEmpty, "\(choice)")
        }
        let plain = try ScenarioLoader().decode(Self.text("", cluster: "{ \(usual) }"), file: "folder/s.yaml")
        #expect(plain.reasonsAgainstSubject.isEmpty)
    }

    @Test("What a subject must offer is a list of words, or one")
    func requirements() throws {
        func requirements(_ text: String) throws -> [Requirement] {
            try ScenarioLoader().decode(Self.text("subject: ./run\nrequires: \(text)"), file: "s.yaml").requirements
        }
        #expect(
            try requirements("[invalidateTag, L1, acknowledged]")
                == [.operation("invalidateTag"), .layer(.l1), .promise("acknowledged")])
        #expect(try requirements("quiesce") == [.operation("quiesce")])
    }

    @Test(
        "A wrong requirement is told with its place and the nearest right word",
        arguments: [
            ("[write, invalidate-tag]", "3:19", "invalidateTag"), ("[acknowleged]", "3:12", "acknowledged"),
            ("[redis, redis]", "3:19", "second time"), ("[]", "3:11", "what a subject must offer"),
            ("[origin]", "3:12", "one of read, readMany, write"),
        ])
    func wrongRequirements(text: String, place: String, expected: String) {
        let errors = Self.errors(Self.text("subject: ./run\nrequires: \(text)"))
        #expect(errors.contains { $0.contains(place) && $0.contains(expected) }, "\(errors)")
    }

    @Test("A promise is met by a stronger one, and a layer by an adapter that shows it")
    func met() throws {
        func isMet(
            _ word: String, by promise: String?, operations: [String] = [], layers: [String] = []
        ) throws -> Bool {
            try #require(Requirement(word)).isMet(operations: operations, layers: layers, promise: promise)
        }
        #expect(try isMet("announced", by: "acknowledged"))
        #expect(try isMet("session", by: "session"))
        #expect(try !isMet("acknowledged", by: "announced"))
        #expect(try !isMet("expiring", by: nil))
        #expect(try isMet("L1", by: nil, operations: ["inspect"], layers: ["L1"]))
        #expect(try !isMet("L1", by: nil, operations: ["read"], layers: ["L1"]))
        #expect(try isMet("delete", by: nil, operations: ["delete"]))
        #expect(try !isMet("delete", by: nil))
    }
}
