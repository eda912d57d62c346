"""A certificate authority that all clients of the tests trust."""

import datetime
import ssl
import tempfile

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

AGES = datetime.timedelta(days=1)


def named(name):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def fits(pattern, host):
    """Whether a certificate for `pattern` is valid for `host`: an asterisk matches one label (RFC 6125)."""
    if pattern.startswith("*."):
        return host.partition(".")[2] == pattern[2:]
    return host == pattern


class Authority:
    def __init__(self):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.certificate = self._sign(named("wharf tests"), self.key.public_key(), x509.BasicConstraints(ca=True, path_length=None))

    def issue(self, hosts):
        """The certificate and the key for `hosts`, as PEM."""
        key = ec.generate_private_key(ec.SECP256R1())
        alternatives = x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts])
        certificate = self._sign(named("an app"), key.public_key(), alternatives)
        encoded = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        return certificate.public_bytes(serialization.Encoding.PEM), encoded

    @property
    def pem(self):
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    def answer(self, request):
        """The chain for a signing request (PKCS 10)."""
        request = x509.load_der_x509_csr(request)
        alternatives = request.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        certificate = self._sign(named("an app"), request.public_key(), alternatives)
        return certificate.public_bytes(serialization.Encoding.PEM) + self.pem

    def serve(self, server, host):
        """Adds TLS to `server`, with a certificate for `host`."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with tempfile.NamedTemporaryFile() as file:
            file.write(b"".join(self.issue([host])))
            file.flush()
            context.load_cert_chain(file.name)
        server.socket = context.wrap_socket(server.socket, server_side=True)

    def judge(self, der, host):
        """How a browser would judge this certificate."""
        certificate = x509.load_der_x509_certificate(der)
        try:
            certificate.verify_directly_issued_by(self.certificate)
        except (InvalidSignature, ValueError):
            return "untrusted"
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        return "trusted" if any(fits(name, host) for name in names.get_values_for_type(x509.DNSName)) else "of another host"

    def _sign(self, subject, public, extension):
        now = datetime.datetime.now(datetime.timezone.utc)
        builder = x509.CertificateBuilder(named("wharf tests"), subject, public, x509.random_serial_number(), now - AGES, now + AGES)
        return builder.add_extension(extension, critical=False).sign(self.key, hashes.SHA256())


def careless():
    """TLS of a client that accepts every certificate; `judge` verifies it afterwards."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
