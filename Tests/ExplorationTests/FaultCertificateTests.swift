import CacheHierarchy
import Scenarios
import Simulation
import Support
import TestSupport
import Testing

@testable import Exploration
@testable import ScenarioRunner

@Suite("Every schedule of a small scope with a fault", .computing)
struct FaultCertificateTests {
    @Test(
        "The correct cache is given its certificate, whenever the fault comes",
        arguments: [
            ("disconnection", "disconnection of instance 2, at any moment of race"),
            ("instance-crash", "crash of instance 2, at any moment of race, and back at once"),
            ("memory-pressure", "no memory left in redis, at any moment of race, until any later one"),
            ("clock-skew", "clock of instance 2 ahead by 10 s, at any moment of race"),
        ])
    func certificate(name: String, coverage: String) throws {
        let exploration = try CertificateTests.certify(CertificateTests.scope(name))
        #expect(exploration.failures.isEmpty, "\(exploration.failures.first?.reason ?? "")")
        let certificate = try #require(exploration.certificate)
        #expect(certificate.isProof, "\(certificate)")
        #expect(certificate.scope.faults == [coverage])
    }

    @Test(
        "A defect that only a fault brings out is refuted, and the run can be replayed",
        arguments: [
            (Defect.missedWhileDisconnected, "disconnection"), (.forgottenAnnouncement, "disconnected-writer"),
        ])
    func refuted(defect: Defect, name: String) throws {
        var scenario = try CertificateTests.scope(name)
        let failure = try #require(try CertificateTests.certify(scenario, defects: [defect]).failures.first)
        #expect("\(failure.part)".contains("faults=0 moments=any"))
        #expect(!failure.isWhole)
        let replay = try ScenarioReplay(
            scenario, part: "\(failure.part)", operations: failure.plan, schedule: "\(failure.schedule)",
            defects: [defect]
        ).run()
        #expect(replay.isIdentical)
        #expect(replay.reason == failure.reason)
        scenario.faults = []
        let withoutFault = try CertificateTests.certify(scenario, defects: [defect])
        #expect(withoutFault.certificate?.isProof == true, "\(withoutFault.failures.first?.reason ?? "")")
    }

    @Test(
        "What cannot be visited at every moment is refused, and it is said why",
        arguments: [
            ([Fault(.delay(.seconds(1)), of: .instance(0), during: ["race"], until: .share(1))], "found delay"),
            ([Fault(.disconnect, of: .instance(0), during: ["aftermath"], until: nil)], "expected one phase script"),
            (
                [Fault](repeating: Fault(.disconnect, of: .instance(0), during: ["race"], until: nil), count: 2),
                "found 2 faults"
            ),
        ])
    func refused(faults: [Fault], reason: String) throws {
        var scenario = try CertificateTests.scope("disconnection")
        scenario.faults = faults
        let error = #expect(throws: NothingToExplore.self) { try CertificateTests.certify(scenario) }
        #expect(error?.reason.contains(reason) == true, "\(error?.reason ?? "")")
    }

    @Test("Every schedule of a small scope is right, and the defect is refuted in it")
    func streams() throws {
        let scope = try CertificateTests.scope("disconnection-streams")
        let exploration = try CertificateTests.certify(scope)
        #expect(exploration.failures.isEmpty, "\(exploration.failures.first?.reason ?? "")")
        #expect(exploration.certificate?.isProof == true)
        let refuted = try CertificateTests.certify(scope, defects: [.forgottenPosition])
        #expect(refuted.failures.first != nil)
    }
}
