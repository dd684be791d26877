import CacheHierarchy
import Judging
import Scenarios
import Simulation
import Support
import TestSupport
import Testing

@testable import Exploration
@testable import ScenarioRunner

@Suite("Every schedule of a small scope", .computing)
struct CertificateTests {
    static func scope(_ name: String) throws -> Scenario {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        return try ScenarioLoader().load("/\(root)/Scenarios/SmallScope/\(name).yaml")
    }

    static func certify(
        _ scenario: Scenario, defects: Set<Defect> = [], schedules: Int = 1_000_000, isReducing: Bool = true,
        cacheTells: Bool = true,
        onRun: @escaping @Sendable (RunRecord) -> Void = { _ in }
    ) throws -> ScenarioExploration {
        var configuration = ScenarioCertifier.Configuration()
        configuration.defects = defects
        configuration.schedules = schedules
        configuration.isReducing = isReducing
        configuration.cacheTells = cacheTells
        return try ScenarioCertifier(configuration).certify(
            ScenarioVariant(label: "", scenario: scenario), onRun: onRun)
    }

    @Test(
        "The correct cache is given its certificate",
        arguments: ["announced", "acknowledged", "batch", "delete", "same-instance", "lifetimes"])
    func certificate(name: String) throws {
        let exploration = try Self.certify(Self.scope(name))
        #expect(exploration.failures.isEmpty, "\(exploration.failures.first?.reason ?? "")")
        let certificate = try #require(exploration.certificate)
        #expect(certificate.isProof, "\(certificate)")
        #expect(exploration.progress.schedules > 20)
        #expect(certificate.scope.instances == 2 && certificate.scope.layers == ["L2", "redis"])
    }

    @Test(
        "A defect that needs no fault is refuted, and the run can be replayed",
        arguments: [
            (Defect.staleFill, "announced"), (.staleFill, "acknowledged"), (.wrongLayerOrder, "same-instance"),
            (.tagTimeAfterLoad, "tags"), (.batchToken, "batch"), (.lifetimeInversion, "lifetimes"),
        ])
    func refuted(defect: Defect, name: String) throws {
        let scenario = try Self.scope(name)
        let failure = try #require(try Self.certify(scenario, defects: [defect]).failures.first)
        #expect(failure.operations <= 3, "\(failure.plan)")
        let replay = try ScenarioReplay(
            scenario, part: "\(failure.part)", operations: failure.plan, schedule: "\(failure.schedule)",
            defects: [defect]
        ).run()
        #expect(replay.isIdentical)
        #expect(replay.reason == failure.reason)
    }

    @Test("A budget that does not suffice proves nothing")
    func budget() throws {
        let exploration = try Self.certify(Self.scope("announced"), schedules: 50)
        let certificate = try #require(exploration.certificate)
        #expect(exploration.failures.isEmpty)
        #expect(!certificate.isComplete && !certificate.isProof)
        #expect(exploration.progress.schedules + certificate.abandoned == 50)
    }

    @Test("A check that examined nothing in any schedule is no part of a proof")
    func unexamined() throws {
        var scenario = try Self.scope("same-instance")
        scenario.checks.append(.sessions)
        scenario.phases = [Phase(name: "alone", action: .script(Script(workers: [[.invalidate("permission:0")]])))]
        let certificate = try #require(try Self.certify(scenario).certificate)
        #expect(certificate.isComplete && !certificate.isProof)
        #expect(certificate.unexamined.contains("sessions"))
    }

    @Test("Without a script there is nothing to explore")
    func nothing() throws {
        var scenario = try Self.scope("announced")
        scenario.phases.removeAll(where: \.isExplored)
        let error = #expect(throws: NothingToExplore.self) { try Self.certify(scenario) }
        #expect(error?.reason.contains("found no phase script") == true)
    }

    @Test("On several threads the same is found, and handed over in the same order", arguments: [1, 3])
    func threads(count: Int) throws {
        let names = ["lifetimes", "clock-skew", "instance-pause", "partition"]
        let variants = try names.map { ScenarioVariant(label: "", scenario: try Self.scope($0)) }
        let expected = try variants.map { try ScenarioCertifier(ScenarioCertifier.Configuration()).certify($0) }
        var found: [ScenarioExploration] = []
        try CertificationQueue(variants) { _ in ScenarioCertifier.Configuration() }
            .run(threads: count) { found.append($0) }
        #expect(found.map(\.variant.scenario.name) == variants.map(\.scenario.name))
        #expect(found.map(\.progress.schedules) == expected.map(\.progress.schedules))
        #expect(found.map(\.certificate?.abandoned) == expected.map(\.certificate?.abandoned))
    }

    @Test("What cannot be explored is told after what comes before it, and ends the rest")
    func refusedInTurn() throws {
        var refused = try Self.scope("lifetimes")
        refused.phases.removeAll(where: \.isExplored)
        let variants = [try Self.scope("lifetimes"), refused, try Self.scope("announced")].map {
            ScenarioVariant(label: "", scenario: $0)
        }
        var found = 0
        #expect(throws: NothingToExplore.self) {
            try CertificationQueue(variants) { _ in ScenarioCertifier.Configuration() }
                .run(threads: 3) { _ in found += 1 }
        }
        #expect(found == 1)
    }
}
