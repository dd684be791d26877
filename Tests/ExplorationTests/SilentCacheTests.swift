import CacheHierarchy
import Scenarios
import TestSupport
import Testing

@testable import Exploration

/// A stranger's cache tells a simulation nothing of its steps and has no points of its own.
@Suite("A cache that tells nothing of its steps", .computing)
struct SilentCacheTests {
    static let scopes: [(name: String, defect: Defect?)] = [
        ("same-instance", nil), ("same-instance", .wrongLayerOrder), ("announced", .staleFill),
        ("acknowledged", .staleFill), ("tags", .tagTimeAfterLoad), ("lifetimes", .lifetimeInversion),
        ("disconnection", .missedWhileDisconnected),
    ]

    @Test("breaks the same rules in a small scope as one that tells them", arguments: scopes)
    func sameRules(scope: (name: String, defect: Defect?)) throws {
        let scenario = try CertificateTests.scope(scope.name)
        let defects: Set<Defect> = scope.defect.map { [$0] } ?? []
        let telling = try CertificateTests.certify(scenario, defects: defects)
        let silent = try CertificateTests.certify(scenario, defects: defects, cacheTells: false)
        #expect(silent.failures.map(\.kind) == telling.failures.map(\.kind))
        #expect(silent.failures.isEmpty == (scope.defect == nil), "\(silent.failures.first?.reason ?? "")")
        if scope.defect == nil {
            #expect(silent.certificate?.isProof == true)
            // It is reduced, and less.
            #expect(silent.progress.schedules > telling.progress.schedules)
        }
    }
}
