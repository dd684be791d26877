/// A declared experiment: a cluster, the data in it, what happens, and what must hold.
public struct Scenario: Sendable, Hashable {
    public var name: String
    /// The path of its file, as it was given to the loader.
    public var file: String
    /// What the file says under `describe`.
    public var description: String?
    public var impact: Impact?
    /// Whether it is run only if its file, or the folder that it lies in, is named: it takes long.
    public var isRunOnlyWhenNamed: Bool
    /// Where it may run, never empty.
    public var worlds: [World]
    /// Why it cannot be simulated, if it cannot and the file gives the reason.
    public var notSimulatedBecause: String?
    public var cluster: Cluster
    /// In the order of the file, never empty. All of it exists in the origin before the first phase.
    public var data: [DataSet]
    /// In the order in which they run, never empty.
    public var phases: [Phase]
    /// What goes wrong on purpose while the phases run.
    public var faults: [Fault]
    public var checks: [CheckDeclaration]
    /// Those of the file itself and those it takes from tables.
    public var targets: [Target]
    /// What is varied. A ``Scenario`` of a variant varies nothing any more.
    public var variation: Variation
    /// The label of the variant that it is, as ``ScenarioVariant/label``; empty if nothing varied.
    public var variant = ""
    /// The declared targets that are narrowed to a layer or an instance which this variant does without.
    public var targetsWithoutSubject: [Target] = []

    public init(
        name: String,
        file: String,
        description: String? = nil,
        impact: Impact? = nil,
        isRunOnlyWhenNamed: Bool = false,
        worlds: [World] = [.live, .simulated],
        notSimulatedBecause: String? = nil,
        cluster: Cluster,
        data: [DataSet],
        phases: [Phase],
        faults: [Fault] = [],
        checks: [CheckDeclaration] = [],
        targets: [Target] = [],
        variation: Variation = Variation()
    ) {
        self.name = name
        self.file = file
        self.description = description
        self.impact = impact
        self.isRunOnlyWhenNamed = isRunOnlyWhenNamed
        self.worlds = worlds
        self.notSimulatedBecause = notSimulatedBecause
        self.cluster = cluster
        self.data = data
        self.phases = phases
        self.faults = faults
        self.checks = checks
        self.targets = targets
        self.variation = variation
    }

    /// The data set of that name.
    public func dataSet(named name: String) -> DataSet? { data.first { $0.name == name } }
}
