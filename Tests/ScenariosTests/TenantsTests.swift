import Testing

@testable import Scenarios

@Suite("Tenants")
struct TenantsTests {
    private static func load(_ cluster: String, worlds: String = "live", more: String = "") -> Result<
        Scenario, ScenarioErrors
    > {
        let text = """
            scenario: Tenants
            worlds: \(worlds)
            cluster: { instances: 1, invalidation: announced, layers: [redis], \(cluster) }
            data: { k: { keys: 1 } }
            phases:
              - read: { name: fill, data: k, by: every worker }
            checks: [loads]
            \(more)

            """
        return Result { () throws(ScenarioErrors) in try ScenarioLoader().decode(text, file: "a.yaml") }
    }

    @Test("Names may hold anything, are told apart by their bytes, and make a scenario each")
    func names() throws {
        let scenario = try Self.load(#"tenants: [prod, "prod:*", "caf\u00e9", "cafe\u0301", " x "]"#).get()
        let tenants = scenario.tenants()
        #expect(
            tenants.map { Array($0.name.utf8) }
                == ["prod", "prod:*", "caf\u{e9}", "cafe\u{301}", " x "].map { Array($0.utf8) })
        #expect(tenants.allSatisfy { $0.scenario.cluster.tenants == [$0.name] })
        #expect(tenants[1].scenario.name == #"Tenants [tenant="prod:*"]"#)
        #expect(try Self.load("lease: 2s").get().tenants().isEmpty)
    }

    static let errors: [(cluster: String, worlds: String, more: String, error: String)] = [
        (
            "tenants: [a, b, a]", "live", "",
            #"a.yaml:3:84: error: cluster.tenants: found "a" for the second time; expected each application once"#
        ),
        (
            "tenants: [a, '']", "live", "",
            #"a.yaml:3:81: error: cluster.tenants: found ""; expected a name of an application, which is not empty"#
        ),
        (
            "tenants: {}", "live", "",
            "a.yaml:3:77: error: cluster.tenants: found an empty mapping; expected a list of names of applications"
        ),
        (
            "tenants: [a, b]", "[live, simulated]", "",
            """
            a.yaml:3:77: error: cluster.tenants: found tenants in the simulated world, in which nobody \
            shares a Redis; expected worlds: live
            """
        ),
        (
            "tenants: [a, b]", "live", "faults: [pause: { whom: redis, during: fill }]",
            "a.yaml:3:77: error: cluster.tenants: found tenants and faults; expected one of them"
        ),
    ]

    @Test("What cannot be is said", arguments: errors)
    func mistaken(cluster: String, worlds: String, more: String, error: String) {
        guard case .failure(let errors) = Self.load(cluster, worlds: worlds, more: more) else {
            Issue.record("no error")
            return
        }
        #expect(errors.diagnostics.map(\.description) == [error])
    }
}
