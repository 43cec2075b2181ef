package io.litoperator.operator.observe;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.health.Status;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import io.javaoperatorsdk.operator.processing.event.source.SecondaryToPrimaryMapper;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.Mappers;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.operator.progress.JobView;
import io.litoperator.operator.progress.Reported;
import io.litoperator.operator.resource.Labels;
import io.litoperator.operator.resource.TrustBundle;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the informers have seen, and what was written since: all that belongs to jobs but Secrets,
 * which the operator may not read. Empty until the framework has asked for the event sources.
 */
public final class JobCaches implements JobView, Reported {
  private record Sources(
      IndexerResourceCache<LitTrainingJob> jobs,
      InformerEventSource<Pod, LitTrainingJob> pods,
      InformerEventSource<ConfigMap, LitTrainingJob> configMaps,
      List<InformerEventSource<? extends HasMetadata, LitTrainingJob>> objects) {

    private static Sources of(EventSourceContext<LitTrainingJob> context) {
      return new Sources(
          context.getPrimaryCache(),
          source(Pod.class, context),
          configMaps(context),
          List.of(
              source(ServiceAccount.class, context),
              source(Service.class, context),
              source(NetworkPolicy.class, context)));
    }

    private static <R extends HasMetadata> InformerEventSource<R, LitTrainingJob> source(
        Class<R> type, EventSourceContext<LitTrainingJob> context) {
      return new InformerEventSource<>(
          InformerEventSourceConfiguration.from(type, LitTrainingJob.class)
              .withLabelSelector(Labels.JOB)
              .withNamespacesInheritedFromController()
              .build(),
          context);
    }

    /**
     * Also those that are no job's alone: all jobs of the namespace look at what becomes of them.
     */
    private static InformerEventSource<ConfigMap, LitTrainingJob> configMaps(
        EventSourceContext<LitTrainingJob> context) {
      SecondaryToPrimaryMapper<ConfigMap> owners =
          Mappers.fromOwnerReferences(LitTrainingJob.class);
      return new InformerEventSource<>(
          InformerEventSourceConfiguration.from(ConfigMap.class, LitTrainingJob.class)
              .withLabelSelector(Labels.MANAGED_BY + "=" + Labels.OPERATOR)
              .withNamespacesInheritedFromController()
              .withSecondaryToPrimaryMapper(
                  configMap ->
                      TrustBundle.is(configMap)
                          ? jobs(context, configMap.getMetadata().getNamespace())
                          : owners.toPrimaryResourceIDs(configMap))
              .build(),
          context);
    }

    private static Set<ResourceID> jobs(
        EventSourceContext<LitTrainingJob> context, String namespace) {
      return context
          .getPrimaryCache()
          .list(namespace, job -> true)
          .map(ResourceID::fromResource)
          .collect(Collectors.toSet());
    }

    /** All that a job owns but Pods. */
    private Stream<InformerEventSource<? extends HasMetadata, LitTrainingJob>> owned() {
      return Stream.concat(Stream.of(configMaps), objects.stream());
    }

    private Stream<InformerEventSource<? extends HasMetadata, LitTrainingJob>> all() {
      return Stream.concat(Stream.of(pods), owned());
    }
  }

  private final BooleanSupplier leading;
  private final SimpleInboundEventSource<LitTrainingJob> reports =
      new SimpleInboundEventSource<>("reports");
  private final AtomicReference<Sources> prepared = new AtomicReference<>();

  /**
   * @param leading whether this replica is the one that acts
   */
  public JobCaches(BooleanSupplier leading) {
    this.leading = leading;
  }

  /** The event sources that fill these caches; called once, by the framework. */
  public List<EventSource<?, LitTrainingJob>> prepare(EventSourceContext<LitTrainingJob> context) {
    Sources sources = Sources.of(context);
    prepared.set(sources);
    List<EventSource<?, LitTrainingJob>> all = new ArrayList<>(sources.all().toList());
    all.add(reports);
    return all;
  }

  @Override
  public boolean ready() {
    return leading.getAsBoolean()
        && sources().filter(all -> all.pods().getStatus() == Status.HEALTHY).isPresent();
  }

  @Override
  public Optional<LitTrainingJob> job(String namespace, String name) {
    return sources().flatMap(all -> all.jobs().get(new ResourceID(name, namespace)));
  }

  @Override
  public Optional<Pod> pod(String namespace, String name) {
    return sources().flatMap(all -> all.pods().get(new ResourceID(name, namespace)));
  }

  @Override
  public Stream<LitTrainingJob> jobs() {
    return sources().stream().flatMap(all -> all.jobs().list(job -> true));
  }

  /** Has the job looked at again. */
  @Override
  public void reported(String namespace, String name) {
    reports.propagateEvent(new ResourceID(name, namespace));
  }

  /** Of whatever job. */
  public Stream<Pod> pods(Predicate<Pod> which) {
    return sources().stream().flatMap(all -> all.pods().list(which));
  }

  Set<Pod> pods(LitTrainingJob job) {
    return sources().map(all -> all.pods().getSecondaryResources(job)).orElseGet(Set::of);
  }

  /** All other objects of the job that are watched. */
  Stream<HasMetadata> objects(LitTrainingJob job) {
    return sources().stream()
        .flatMap(Sources::owned)
        .flatMap(source -> source.getSecondaryResources(job).stream());
  }

  /** What the namespace's Pods are given to trust the operator by, PEM; empty if there is none. */
  Optional<String> bundle(String namespace) {
    return sources()
        .flatMap(all -> all.configMaps().get(new ResourceID(TrustBundle.NAME, namespace)))
        .flatMap(TrustBundle::pem);
  }

  /** Takes in what was just written, unless the watch has told of what came after it. */
  public void wrote(HasMetadata object) {
    sources().stream().flatMap(Sources::all).forEach(source -> wrote(source, object));
  }

  /**
   * What the watch has told of is taken in all the same: for a moment it can be had by its name but
   * is not among its job's yet.
   */
  private static <R extends HasMetadata> void wrote(
      InformerEventSource<R, LitTrainingJob> source, HasMetadata object) {
    if (!source.resourceType().isInstance(object)) {
      return;
    }
    R written = source.resourceType().cast(object);
    ResourceID id = ResourceID.fromResource(written);
    Optional<R> before = source.get(id);
    if (before.isEmpty()) {
      source.handleRecentResourceCreate(id, written);
      return;
    }
    R known = before.get();
    source.handleRecentResourceUpdate(
        id, version(known) < version(written) ? written : known, known);
  }

  /** Kubernetes' versions of a kind's objects rise. */
  private static long version(HasMetadata object) {
    return Long.parseLong(object.getMetadata().getResourceVersion());
  }

  private Optional<Sources> sources() {
    return Optional.ofNullable(prepared.get());
  }
}
