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
        ])
    func wrong(subject: String, expected: String) {
        let errors = Self.errors(Self.text(subject))
        #expect(errors.contains { $0.contains(expected) }, "\(errors)")
    }
}
