package dev.embeddedbroker.api;

import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.request.CreateDelegationTokenRequest;
import dev.embeddedbroker.protocol.request.DescribeDelegationTokenRequest;
import dev.embeddedbroker.protocol.request.ExpireDelegationTokenRequest;
import dev.embeddedbroker.protocol.request.RenewDelegationTokenRequest;
import dev.embeddedbroker.protocol.response.CreateDelegationTokenResponse;
import dev.embeddedbroker.protocol.response.DescribeDelegationTokenResponse;
import dev.embeddedbroker.protocol.response.ExpireDelegationTokenResponse;
import dev.embeddedbroker.protocol.response.RenewDelegationTokenResponse;
import org.jspecify.annotations.Nullable;

/**
 * CreateDelegationToken, RenewDelegationToken, ExpireDelegationToken, DescribeDelegationToken (keys 38–41), versions 1–3, 1–2,
 * 1–2, 1–3: who has not authenticated gets no tokens, so all of them are DELEGATION_TOKEN_REQUEST_NOT_ALLOWED (KIP-48). Not
 * done: tokens; there is no listener yet over which anybody could authenticate.
 */
public final class DelegationTokenHandlers {
    private static final long NEVER = -1;

    private DelegationTokenHandlers() {}

    /** CreateDelegationToken. */
    public static final class Create implements ApiHandler<CreateDelegationTokenRequest> {
        @Override
        public void handle(RequestContext context, CreateDelegationTokenRequest request) {
            var requester = context.connection().principal();
            int colon = requester.indexOf(':');
            var type = requester.substring(0, colon);
            var name = requester.substring(colon + 1);
            boolean forOther = request.ownerPrincipalName != null && !request.ownerPrincipalName.isEmpty();
            var response = refuse(request, context.version(), ErrorCode.DELEGATION_TOKEN_REQUEST_NOT_ALLOWED, null);
            context.reply(response.setPrincipalType(forOther ? request.ownerPrincipalType : type)
                    .setPrincipalName(forOther ? request.ownerPrincipalName : name)
                    .setTokenRequesterPrincipalType(context.version() >= 3 ? type : "")
                    .setTokenRequesterPrincipalName(context.version() >= 3 ? name : ""));
        }

        @Override
        public CreateDelegationTokenResponse refuse(
                CreateDelegationTokenRequest request, short version, ErrorCode error, @Nullable String message) {
            return new CreateDelegationTokenResponse()
                    .setErrorCode(error.id())
                    .setIssueTimestampMs(NEVER)
                    .setExpiryTimestampMs(NEVER)
                    .setMaxTimestampMs(NEVER);
        }
    }

    /** RenewDelegationToken. */
    public static final class Renew extends AlwaysRefused<RenewDelegationTokenRequest> {
        public Renew() {
            super(ErrorCode.DELEGATION_TOKEN_REQUEST_NOT_ALLOWED, null);
        }

        @Override
        public RenewDelegationTokenResponse refuse(
                RenewDelegationTokenRequest request, short version, ErrorCode error, @Nullable String message) {
            return new RenewDelegationTokenResponse().setErrorCode(error.id()).setExpiryTimestampMs(NEVER);
        }
    }

    /** ExpireDelegationToken. */
    public static final class Expire extends AlwaysRefused<ExpireDelegationTokenRequest> {
        public Expire() {
            super(ErrorCode.DELEGATION_TOKEN_REQUEST_NOT_ALLOWED, null);
        }

        @Override
        public ExpireDelegationTokenResponse refuse(
                ExpireDelegationTokenRequest request, short version, ErrorCode error, @Nullable String message) {
            return new ExpireDelegationTokenResponse().setErrorCode(error.id()).setExpiryTimestampMs(NEVER);
        }
    }

    /** DescribeDelegationToken. */
    public static final class Describe extends AlwaysRefused<DescribeDelegationTokenRequest> {
        public Describe() {
            super(ErrorCode.DELEGATION_TOKEN_REQUEST_NOT_ALLOWED, null);
        }

        @Override
        public DescribeDelegationTokenResponse refuse(
                DescribeDelegationTokenRequest request, short version, ErrorCode error, @Nullable String message) {
            return new DescribeDelegationTokenResponse().setErrorCode(error.id());
        }
    }
}
