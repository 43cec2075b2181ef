package io.litoperator.worker.plan;

import java.nio.file.Path;

/**
 * A source from elsewhere that was brought to this machine.
 *
 * @param source as the job names it
 * @param path where it is; of a pattern, a pattern
 * @param origin what it is exactly, the same on every machine: of the hub with the commit, {@code
 *     hf://owner/name@commit}
 */
public record SourceCopy(String source, Path path, String origin) {}
