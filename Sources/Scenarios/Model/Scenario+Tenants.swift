extension Scenario {
    /// What each of the applications that share a Redis runs; none if it is one application alone.
    public func tenants() -> [(name: String, scenario: Scenario)] {
        cluster.tenants.map { tenant in
            var scenario = self
            scenario.cluster.tenants = [tenant]
            scenario.name = "\(name) [tenant=\(tenant.debugDescription)]"
            return (tenant, scenario)
        }
    }
}
