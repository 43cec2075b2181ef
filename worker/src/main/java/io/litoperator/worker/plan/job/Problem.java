package io.litoperator.worker.plan.job;

/**
 * Why a job is refused.
 *
 * @param path of the field, as {@code spec.finetune.dataset[0].images}; empty for the whole job
 * @param text what is wrong with it and what to do, without a full stop
 */
record Problem(String path, String text) {}
