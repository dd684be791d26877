import Exploration

/// What an exhaustive exploration without a violation proves, and of what.
package struct CertificateLines {
    package let lines: [String]

    package init(_ certificate: ScenarioCertificate, schedules: Int) {
        let scope = certificate.scope
        let count = "\(Figures.count(schedules, "schedule")), 0 violations"
        var lines: [String] = []
        if !certificate.isComplete {
            lines.append("  \(count), and not every schedule was visited: nothing is proven")
        } else if certificate.unexamined.isEmpty {
            lines.append("  certificate: \(count): every schedule of this scope was visited")
        } else {
            let checks = certificate.unexamined.joined(separator: ", ")
            lines.append("  \(count), but \(checks) examined nothing in any of them: nothing is proven")
        }
        lines.append(
            "  scope: \(Self.count(scope.instances, "instance")) on \(Self.count(scope.hosts, "host")), "
                + "\(Self.count(scope.workersPerInstance, "worker")) each, layers "
                + scope.layers.joined(separator: " ") + ", \(scope.invalidation), keys "
                + scope.keys.joined(separator: " "))
        lines += scope.operations.map { "    \($0)" }
        lines.append("    faults: \(Self.list(scope.faults))")
        if !scope.defects.isEmpty { lines.append("    defects: \(Self.list(scope.defects))") }
        lines.append("    checks: \(Self.list(scope.checks))")
        lines.append("  one step: \(CertificateScope.step)")
        lines.append(
            certificate.isReduced
                ? "  reduced: of schedules that differ only in the order of steps that touch nothing in common one was run"
                : "  not reduced: orders of independent steps were run as well")
        lines.append("  not explored: " + CertificateScope.limits.joined(separator: "; "))
        lines.append("  in one order only: " + scope.unexplored.joined(separator: ", "))
        self.lines = lines
    }

    private static func count(_ number: Int, _ what: String) -> String { "\(number) \(what)\(number == 1 ? "" : "s")" }

    private static func list(_ names: [String]) -> String { names.isEmpty ? "none" : names.joined(separator: ", ") }
}
