package dev.embeddedbroker.api;

import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.request.CreateAclsRequest;
import dev.embeddedbroker.protocol.request.DeleteAclsRequest;
import dev.embeddedbroker.protocol.request.DescribeAclsRequest;
import dev.embeddedbroker.protocol.response.CreateAclsResponse;
import dev.embeddedbroker.protocol.response.CreateAclsResponse.AclCreationResult;
import dev.embeddedbroker.protocol.response.DeleteAclsResponse;
import dev.embeddedbroker.protocol.response.DeleteAclsResponse.DeleteAclsFilterResult;
import dev.embeddedbroker.protocol.response.DescribeAclsResponse;
import org.jspecify.annotations.Nullable;

/**
 * DescribeAcls, CreateAcls, DeleteAcls (keys 29–31), versions 1–3, of a broker without an authorizer: SECURITY_DISABLED, as
 * Kafka answers then. Not done: ACLs; there is no authorizer yet.
 */
public final class AclHandlers {
    private static final String NO_AUTHORIZER = "No Authorizer is configured.";

    private AclHandlers() {}

    /** DescribeAcls. */
    public static final class Describe extends AlwaysRefused<DescribeAclsRequest> {
        public Describe() {
            super(ErrorCode.SECURITY_DISABLED, "No Authorizer is configured on the broker");
        }

        @Override
        public DescribeAclsResponse refuse(
                DescribeAclsRequest request, short version, ErrorCode error, @Nullable String message) {
            return new DescribeAclsResponse().setErrorCode(error.id()).setErrorMessage(message);
        }
    }

    /** CreateAcls. */
    public static final class Create extends AlwaysRefused<CreateAclsRequest> {
        public Create() {
            super(ErrorCode.SECURITY_DISABLED, NO_AUTHORIZER);
        }

        @Override
        public CreateAclsResponse refuse(
                CreateAclsRequest request, short version, ErrorCode error, @Nullable String message) {
            var response = new CreateAclsResponse();
            request.creations.forEach(creation -> response.results.add(
                    new AclCreationResult().setErrorCode(error.id()).setErrorMessage(message)));
            return response;
        }
    }

    /** DeleteAcls. */
    public static final class Delete extends AlwaysRefused<DeleteAclsRequest> {
        public Delete() {
            super(ErrorCode.SECURITY_DISABLED, NO_AUTHORIZER);
        }

        @Override
        public DeleteAclsResponse refuse(
                DeleteAclsRequest request, short version, ErrorCode error, @Nullable String message) {
            var response = new DeleteAclsResponse();
            request.filters.forEach(filter -> response.filterResults.add(
                    new DeleteAclsFilterResult().setErrorCode(error.id()).setErrorMessage(message)));
            return response;
        }
    }
}
