/**
 * The coordinators' reports: who may send them, what they may say, and how they reach a job's
 * status. A request passes {@code ProgressServer} (bounds), {@code Authenticator} (who), {@code
 * ReportRules} and {@code Fence} (what), {@code Reports} (merging) and {@code PatchQueue}
 * (writing). All state is confined to one event loop; only TokenReviews and patches run elsewhere.
 */
package io.litoperator.operator.progress;
