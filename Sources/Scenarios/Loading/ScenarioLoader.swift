/// Reads scenario files and reports every mistake in them at once.
public struct ScenarioLoader: Sendable {
    /// The folder with the tables of targets; `nil` means the `Fixtures/Targets` nearest above the scenario file.
    public var targetsFolder: String?

    public init(targetsFolder: String? = nil) {
        self.targetsFolder = targetsFolder
    }
}
